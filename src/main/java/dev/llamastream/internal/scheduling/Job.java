package dev.llamastream.internal.scheduling;

import dev.llamastream.internal.prompt.EncodedPrompt;
import dev.llamastream.internal.prompt.EncodedText;
import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/** What the scheduler knows of a stream: its text, and how much of it is in the KV cache. */
public class Job {

  /** Where a job is in its life. Only the scheduler moves it. */
  enum State {
    /** Not offered yet, or refused. */
    NEW,
    /** Has never had a slot. */
    QUEUED,
    /** Has a slot, and waits until another job has computed a beginning that it can use. */
    FOLLOWING,
    /** Has a slot and a sequence, and is decoded. */
    RUNNING,
    /** Its consumer takes nothing. It keeps its sequence while nobody else needs the cells. */
    PARKED,
    /** Has had a slot, and waits for another. It may still have its sequence. */
    WAITING,
    ENDED
  }

  /** First come first served within a priority; paused jobs take their old place again. */
  static final Comparator<Job> ORDER =
      Comparator.comparingInt((Job job) -> -job.priority).thenComparingLong(job -> job.arrival);

  private static final int[] NO_DRAFT = {};

  private final EncodedPrompt prompt;
  private final int priority;
  private final boolean reusesPrefix;
  private final EncodedText text;
  private int[] draft = NO_DRAFT;
  private int reused;

  // the scheduler's own
  long arrival;
  // the order in which those with a slot got it
  long admission;
  State state = State.NEW;
  // in the step that is being decoded: its sequence is in use until that is over
  boolean decoding;
  @Nullable Sequence sequence;

  /** A job that begins with this prompt. */
  protected Job(EncodedPrompt prompt, int priority, boolean reusesPrefix) {
    this.prompt = prompt;
    this.priority = priority;
    this.reusesPrefix = reusesPrefix;
    this.text = prompt.text().copy();
  }

  /** What it began with. */
  public final EncodedPrompt prompt() {
    return prompt;
  }

  /** The token in this place: of the prompt, accepted, or proposed. */
  public final int token(int index) {
    return index < size() ? text.token(index) : draft[index - size()];
  }

  /** The position of the token in this place. */
  public final int position(int index) {
    return text.position(index);
  }

  /** How many cells its text takes. The last token may not have been computed. */
  public final int size() {
    return text.length();
  }

  /** How much of the prompt was in the KV cache when it began for the first time. */
  public final int reused() {
    return reused;
  }

  /**
   * Proposes tokens that may follow. The next step may decode some of them, from the first on,
   * together with the last token of the text, and wants an output for each.
   */
  public final void propose(int... tokens) {
    draft = tokens;
  }

  /** How many tokens are proposed. */
  final int proposed() {
    return draft.length;
  }

  final void forgetDraft() {
    draft = NO_DRAFT;
  }

  final boolean isOver() {
    return state == State.ENDED;
  }

  final boolean hasSlot() {
    return state == State.FOLLOWING || state == State.RUNNING;
  }

  final boolean runs() {
    return state == State.RUNNING;
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
    return size() - computed();
  }

  final boolean inPrompt() {
    return computed() < prompt.length();
  }

  /** Prompt and accepted tokens, to be read. */
  final EncodedText text() {
    return text;
  }

  final void append(int token) {
    text.append(token);
  }

  /** It has a sequence, in which so many cells are computed already. */
  final void begins(Sequence own, int cached) {
    sequence = own;
    if (size() == prompt.length()) {
      reused = cached;
    }
  }
}
