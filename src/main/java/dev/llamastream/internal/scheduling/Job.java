package dev.llamastream.internal.scheduling;

import java.util.Arrays;
import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/** What the scheduler knows of a stream: its tokens, and how many of them are in the KV cache. */
public class Job {

  enum State {
    NEW,
    WAITING,
    ACTIVE,
    PARKED,
    ENDED
  }

  /** First come first served within a priority; paused jobs take their old place again. */
  static final Comparator<Job> ORDER =
      Comparator.comparingInt((Job job) -> -job.priority).thenComparingLong(job -> job.arrival);

  private final int[] prompt;
  private final int priority;
  private final boolean reusesPrefix;
  private int[] tokens;
  private int size;
  private int reused;
  private boolean admittedBefore;

  // the scheduler's own
  long arrival;
  long admission;
  State state = State.NEW;
  boolean begun;
  // in the step that is being decoded: its sequence is in use until that is over
  boolean decoding;
  @Nullable Sequence sequence;

  /** A job that begins with these tokens. */
  protected Job(int[] prompt, int priority, boolean reusesPrefix) {
    this.prompt = prompt;
    this.priority = priority;
    this.reusesPrefix = reusesPrefix;
    this.tokens = prompt;
    this.size = prompt.length;
  }

  /** Which tokens it began with. */
  public final int[] prompt() {
    return prompt;
  }

  /** The token in this place, of the prompt or generated. */
  public final int token(int index) {
    return tokens[index];
  }

  /** How many tokens it has, the last of which may not have been computed. */
  public final int size() {
    return size;
  }

  /** How many of the prompt's tokens were in the KV cache when it began for the first time. */
  public final int reused() {
    return reused;
  }

  final boolean isOver() {
    return state == State.ENDED;
  }

  final boolean reusesPrefix() {
    return reusesPrefix;
  }

  /** Of a job that has a slot. */
  final Sequence ownSequence() {
    Sequence own = sequence;
    if (own == null) {
      throw new IllegalStateException("a job without a sequence");
    }
    return own;
  }

  final int computed() {
    return sequence == null ? 0 : sequence.length();
  }

  final int pending() {
    return size - computed();
  }

  final boolean inPrompt() {
    return computed() < prompt.length;
  }

  final int[] tokens() {
    return Arrays.copyOf(tokens, size);
  }

  final void append(int token) {
    if (size == tokens.length) {
      tokens = Arrays.copyOf(tokens, Math.max(size * 2, 64));
    }
    tokens[size++] = token;
  }

  /** Whether it is the first time that it leaves the queue. */
  final boolean admit() {
    boolean first = !admittedBefore;
    admittedBefore = true;
    return first;
  }

  final boolean fresh() {
    return !admittedBefore;
  }

  final void begin(int cached) {
    begun = true;
    if (size == prompt.length) {
      reused = cached;
    }
  }
}
