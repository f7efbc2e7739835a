package dev.llamastream.internal.scheduling;

import dev.llamastream.internal.cache.StoredCells;
import dev.llamastream.internal.prompt.EncodedPrompt;
import dev.llamastream.internal.prompt.EncodedText;
import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/** A stream as the scheduler sees it: its text, and how much of it is in the KV cache. */
public class Job {

  /** The state of a job. Only the scheduler changes it. */
  enum State {
    /** Not offered yet, or refused. */
    NEW,
    /** Has never had a slot. */
    QUEUED,
    /** Has a slot, and waits until another job has computed a prefix that it can use. */
    FOLLOWING,
    /** Has a slot and a sequence, and is decoded. */
    RUNNING,
    /** Its consumer takes no tokens. It keeps its sequence until another job needs the cells. */
    PARKED,
    /** Had a slot, and waits for another. It may still have its sequence. */
    WAITING,
    ENDED
  }

  /** First come first served within a priority. A paused job returns to its old place. */
  static final Comparator<Job> ORDER =
      Comparator.comparingInt((Job job) -> -job.priority).thenComparingLong(job -> job.arrival);

  private static final int[] NO_DRAFT = {};

  private final EncodedPrompt prompt;
  private final int priority;
  private final boolean reusesPrefix;
  private final EncodedText text;
  private int[] draft = NO_DRAFT;
  private int reused;

  // set by the scheduler only
  long arrival;
  // the order in which jobs got their slots
  long admission;
  State state = State.NEW;
  // part of the running step, which uses its sequence until it is over
  boolean decoding;
  @Nullable Sequence sequence;
  // what can be loaded when the job begins
  @Nullable StoredCells stored;

  /** Creates a job that begins with this prompt. */
  protected Job(EncodedPrompt prompt, int priority, boolean reusesPrefix) {
    this.prompt = prompt;
    this.priority = priority;
    this.reusesPrefix = reusesPrefix;
    this.text = prompt.text().copy();
  }

  /** The initial prompt. */
  public final EncodedPrompt prompt() {
    return prompt;
  }

  /** The token at this index: of the prompt, accepted, or proposed. */
  public final int token(int index) {
    return index < size() ? text.token(index) : draft[index - size()];
  }

  /** The position of the token at this index. */
  public final int position(int index) {
    return text.position(index);
  }

  /** The number of cells of its text. The last token may not be computed yet. */
  public final int size() {
    return text.length();
  }

  /** How much of the prompt was in the KV cache when the job first began. */
  public final int reused() {
    return reused;
  }

  /**
   * Proposes tokens that may follow. The next step may decode a prefix of them together with the
   * last token of the text, and needs an output for each.
   */
  public final void propose(int... tokens) {
    draft = tokens;
  }

  /**
   * Offers cells that can be loaded instead of being computed when the job begins: {@link
   * Step#load()}. Must be called before the job is queued.
   */
  public final void offerStored(StoredCells cells) {
    stored = cells;
  }

  /** The number of proposed tokens. */
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

  /** The sequence of a job that has a slot. */
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

  /** Prompt and accepted tokens; read-only. */
  final EncodedText text() {
    return text;
  }

  final void append(int token) {
    text.append(token);
  }

  /** Gives the job a sequence, in which {@code cached} cells are already computed. */
  final void begins(Sequence own, int cached) {
    sequence = own;
    if (size() == prompt.length()) {
      reused = cached;
    }
  }
}
