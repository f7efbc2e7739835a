package dev.llamastream.cli.batch;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.llamastream.SamplerParams;

/**
 * The seeds of lines that have none.
 *
 * @param first of the first line; {@link SamplerParams#RANDOM_SEED} for none at all
 */
public record LineSeeds(long first) {

  /** Seeds have 32 bits, and the largest value means a random one. */
  private static final long SEEDS = 0xFFFF_FFFFL;

  /** Adds what is missing to the request of a line. */
  void fill(ObjectNode body, int line) {
    if (first != SamplerParams.RANDOM_SEED && !body.hasNonNull("seed")) {
      // equal prompts get different answers, and a line the same one in each run
      body.put("seed", (first + line - 1) % SEEDS);
    }
  }
}
