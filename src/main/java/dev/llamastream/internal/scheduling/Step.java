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

    /** Makes an empty sequence hold another's positions before this one. */
    record Copy(int from, int to, int position) implements Operation {}

    /** Leaves the positions of a sequence before this one. */
    record Truncate(int sequence, int position) implements Operation {}
  }

  /**
   * The tokens [from, to) of a job, which go to a sequence.
   *
   * @param job whose
   * @param sequence which sequence they go to
   * @param from the first
   * @param to the one after the last
   * @param outputs for how many of them logits are wanted, from the last one back. More than one
   *     only if all but the first of those are proposed: {@link Job#propose}
   */
  public record Slice<J extends Job>(J job, int sequence, int from, int to, int outputs) {

    /** How many tokens. */
    public int length() {
      return to - from;
    }

    /** The first token whose logits are wanted; the end if there is none. */
    public int firstOutput() {
      return to - outputs;
    }

    /** Whether it belongs to a job that generates already. */
    public boolean generates() {
      return from >= job.prompt().length();
    }

    /** Whether it is one token, and what is proposed behind it. */
    boolean isOneToken() {
      return to - from <= Math.max(1, outputs);
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
