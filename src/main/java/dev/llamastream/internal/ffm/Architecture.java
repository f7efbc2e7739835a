package dev.llamastream.internal.ffm;

import java.util.Set;

/**
 * What the graphs of some architectures in llama.cpp's src/models ask of those who run them.
 *
 * @param name the file's {@code general.architecture}
 */
record Architecture(String name) {

  /** They look positions up in a table. */
  private static final Set<String> LEARNED_POSITIONS = Set.of("gpt2", "starcoder", "bert", "mpt");

  /** Whether it has no positions but those that it has learned. */
  boolean hasLearnedPositions() {
    return LEARNED_POSITIONS.contains(name);
  }

  /**
   * Whether only one token may be computed at a time: cogvlm's graph computes the logits of all
   * tokens, and llama.cpp takes the first row for that of the last.
   */
  boolean computesTokensAlone() {
    return name.equals("cogvlm");
  }

  /**
   * Whether only one sequence may be in a batch: plamo2's graph writes the states of several to the
   * wrong place.
   */
  boolean computesSequencesAlone() {
    return name.equals("plamo2");
  }
}
