package dev.llamastream.internal.scheduling;

import java.util.List;

/**
 * What to do next: first the operations on the KV cache, in order, then one decode of all slices.
 *
 * @param operations what to do before the decode
 * @param slices what to decode; none if there is nothing to do
 * @param begun the jobs that leave the queue for the first time
 * @param <J> the kind of job
 */
public record Step<J extends Job>(
    List<Operation> operations, List<Slice<J>> slices, List<J> begun) {

  /** An operation on the KV cache. */
  public sealed interface Operation {

    /** Makes an empty sequence hold the first so many positions of another. */
    record Copy(int from, int to, int length) implements Operation {}

    /** Leaves so many positions of a sequence. */
    record Truncate(int sequence, int length) implements Operation {}
  }

  /**
   * The tokens [from, to) of a job, at the same positions of a sequence.
   *
   * @param job whose
   * @param sequence which sequence they go to
   * @param from the first
   * @param to the one after the last
   */
  public record Slice<J extends Job>(J job, int sequence, int from, int to) {

    /** Whether the logits of its last token are wanted. */
    public boolean output() {
      return to == job.size();
    }

    /** How many tokens. */
    public int length() {
      return to - from;
    }

    /** Whether it belongs to a job that generates already. */
    public boolean generates() {
      return from >= job.prompt().length;
    }
  }

  /** How many tokens it decodes. */
  public int tokens() {
    return tokens(slices);
  }

  // a loop: this runs for every token, with cold caches
  static <J extends Job> int tokens(List<Slice<J>> slices) {
    int tokens = 0;
    for (Slice<J> slice : slices) {
      tokens += slice.length();
    }
    return tokens;
  }
}
