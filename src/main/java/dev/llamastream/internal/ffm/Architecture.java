package dev.llamastream.internal.ffm;

import java.util.Set;

/**
 * Restrictions that the graphs of some architectures in llama.cpp's src/models impose on their
 * caller.
 *
 * @param name the file's {@code general.architecture}
 */
record Architecture(String name) {

  /** Architectures that look positions up in a table. */
  private static final Set<String> LEARNED_POSITIONS = Set.of("gpt2", "starcoder", "bert", "mpt");

  /** Whether the model has only the positions that it has learned. */
  boolean hasLearnedPositions() {
    return LEARNED_POSITIONS.contains(name);
  }

  /**
   * Whether only one token may be computed at a time. cogvlm's graph computes the logits of all
   * tokens, and llama.cpp takes the first row for the last token's.
   */
  boolean computesTokensAlone() {
    return name.equals("cogvlm");
  }

  /**
   * Whether a batch may contain only one sequence. plamo2's graph writes the states of several
   * sequences to the wrong place.
   */
  boolean computesSequencesAlone() {
    return name.equals("plamo2");
  }
}
