package dev.llamastream.internal.scheduling;

import dev.llamastream.internal.cache.StoredCells;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The next step: first the operations on the KV cache, in order, then one decode of all slices, or
 * one load.
 *
 * @param operations what to do before the decode
 * @param slices what to decode; empty if there is nothing to decode
 * @param begun the jobs that leave the queue for the first time
 * @param load what to load; null for nothing. If there is something, there are no slices, and
 *     {@link Scheduler#loaded} must follow
 * @param <J> the kind of job
 */
public record Step<J extends Job>(
    List<Operation> operations, List<Slice<J>> slices, List<J> begun, @Nullable Load<J> load) {

  /** An operation on the KV cache. */
  public sealed interface Operation {

    /** Copies the positions of a sequence before this one into an empty sequence. */
    record Copy(int from, int to, int position) implements Operation {}

    /** Keeps only the positions of a sequence before this one. */
    record Truncate(int sequence, int position) implements Operation {}
  }

  /**
   * The stored cells of a job, for an empty sequence.
   *
   * @param job the job
   * @param sequence the sequence
   * @param cells what to load into it
   */
  public record Load<J extends Job>(J job, int sequence, StoredCells cells) {}

  /**
   * The tokens [from, to) of a job, for one sequence.
   *
   * @param job the job
   * @param sequence the sequence that the tokens go to
   * @param from the first token
   * @param to the token after the last
   * @param outputs how many tokens need logits, counted back from the last. More than one only if
   *     all of them except the first are proposed: {@link Job#propose}
   */
  public record Slice<J extends Job>(J job, int sequence, int from, int to, int outputs) {

    /** The number of tokens. */
    public int length() {
      return to - from;
    }

    /** The first token that needs logits; the end if none does. */
    public int firstOutput() {
      return to - outputs;
    }

    /** Whether the slice belongs to a job that already generates. */
    public boolean generates() {
      return from >= job.prompt().length();
    }

    /** Whether the slice is one token, followed only by proposed ones. */
    boolean isOneToken() {
      return to - from <= Math.max(1, outputs);
    }
  }

  /** A step that does nothing. */
  public static <J extends Job> Step<J> nothing() {
    return new Step<>(List.of(), List.of(), List.of(), null);
  }

  /** The number of tokens that the step decodes. */
  public int tokens() {
    return tokens(slices);
  }

  // a loop, because this runs for every token, with cold caches
  static <J extends Job> int tokens(List<Slice<J>> slices) {
    int tokens = 0;
    for (Slice<J> slice : slices) {
      tokens += slice.length();
    }
    return tokens;
  }
}
