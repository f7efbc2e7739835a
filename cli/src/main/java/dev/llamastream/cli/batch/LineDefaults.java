package dev.llamastream.cli.batch;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.llamastream.SamplerParams;
import java.util.List;

/**
 * What a line gets if it does not say otherwise.
 *
 * @param maxTokens -1 for the default of the line's form
 * @param sampler only what differs from the library's defaults matters
 */
public record LineDefaults(int maxTokens, SamplerParams sampler) {

  /** Seeds have 32 bits, and the largest value means a random one. */
  private static final long SEEDS = 0xFFFF_FFFFL;

  private static final SamplerParams DEFAULTS = SamplerParams.defaults();
  private static final List<String> LIMITS =
      List.of("max_tokens", "max_completion_tokens", "n_predict");

  /** A grammar would contradict them. */
  private static final List<String> FORMATS =
      List.of("grammar", "json_schema", "response_format", "tools");

  /** Adds what is missing to the request of a line. */
  void fill(ObjectNode body, int line) {
    if (maxTokens >= 0 && LIMITS.stream().noneMatch(body::hasNonNull)) {
      body.put("max_tokens", maxTokens);
    }
    put(body, "temperature", sampler.temperature(), DEFAULTS.temperature());
    if (sampler.topK() != DEFAULTS.topK() && !body.hasNonNull("top_k")) {
      body.put("top_k", sampler.topK());
    }
    put(body, "top_p", sampler.topP(), DEFAULTS.topP());
    put(body, "min_p", sampler.minP(), DEFAULTS.minP());
    if (!body.hasNonNull("repetition_penalty")) {
      put(body, "repeat_penalty", sampler.repeatPenalty(), DEFAULTS.repeatPenalty());
    }
    if (sampler.seed() != SamplerParams.RANDOM_SEED && !body.hasNonNull("seed")) {
      // equal prompts get different answers, and a line the same one in each run
      body.put("seed", (sampler.seed() + line - 1) % SEEDS);
    }
    if (!sampler.grammar().isEmpty() && FORMATS.stream().noneMatch(body::hasNonNull)) {
      body.put("grammar", sampler.grammar());
    }
  }

  private static void put(ObjectNode body, String field, double value, double defaultValue) {
    if (value != defaultValue && !body.hasNonNull(field)) {
      body.put(field, value);
    }
  }
}
