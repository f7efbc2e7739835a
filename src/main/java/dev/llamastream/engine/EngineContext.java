package dev.llamastream.engine;

import dev.llamastream.Token;
import dev.llamastream.internal.ffm.Batch;
import dev.llamastream.internal.ffm.ContextConfig;
import dev.llamastream.internal.ffm.ContextHandle;
import dev.llamastream.internal.ffm.ModelHandle;
import dev.llamastream.internal.ffm.SequenceState;
import dev.llamastream.internal.scheduling.Step.Operation;
import dev.llamastream.internal.scheduling.Step.Slice;
import dev.llamastream.internal.threads.Turns;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The native context of an engine and its batch. A context that has failed is replaced by a new
 * one. For the engine's thread only, except {@link #isClosed()}, {@link #stop()} and {@link
 * #sequenceSize()}.
 */
final class EngineContext {

  private final ModelHandle model;
  private final ContextConfig config;
  private final Decoder decoder;
  private final Turns.Turn turn = Turns.ofProcess();
  private Runnable onClose = () -> {};
  private volatile ContextHandle context;
  private Batch batch;
  private boolean entered;
  // libllama copies separate parts with the next decode: what these hold is not settled before
  private final Set<Integer> copying = new HashSet<>();

  /**
   * Opens a context. The caller holds a lease of the model until the engine's thread has entered.
   */
  EngineContext(ModelHandle model, ContextConfig config, Decoder decoder) {
    this.model = model;
    this.config = config;
    this.decoder = decoder;
    this.context = decoder.open(model, config);
    this.batch = context.newBatch();
  }

  /** Sets what runs when the model is closed. Must be called before the thread enters. */
  void onClose(Runnable action) {
    onClose = action;
    context.onClose(action);
  }

  /** Takes the context's lease for the engine's thread, which holds it until it leaves. */
  void enter() {
    context.enter();
    entered = true;
  }

  /** Closes the context, if it was entered. */
  void leave() {
    if (entered) {
      entered = false;
      context.exit();
      context.close();
    }
  }

  /** Closes a context that no thread will enter. */
  void abandon() {
    context.close();
  }

  /** Takes a lease of the model; false if the model is being closed. */
  boolean holdModel() {
    try {
      model.lifetime().acquire();
      return true;
    } catch (IllegalStateException e) {
      return false;
    }
  }

  /** Releases the lease of the model. */
  void releaseModel() {
    model.lifetime().release();
  }

  /** Opens and enters a new context. The caller holds a lease of the model. */
  void replace() {
    leave();
    context = decoder.open(model, config);
    batch = context.newBatch();
    copying.clear();
    context.onClose(onClose);
    enter();
  }

  /** Whether the model, and with it all its contexts, is being closed. */
  boolean isClosed() {
    return context.isClosed();
  }

  /** Whether the context must be replaced. */
  boolean failed() {
    return context.failed();
  }

  /** Stops the running decode and all later ones. */
  void stop() {
    context.stop();
  }

  /** Cancels the effect of {@link #stop()}. */
  void forgetStop() {
    context.forgetStop();
  }

  int contextSize() {
    return context.contextSize();
  }

  /** How many threads computed the last step. Any thread. */
  int threads() {
    return context.threads();
  }

  int sequenceSize() {
    return context.sequenceSize();
  }

  int batchSize() {
    return context.batchSize();
  }

  int microBatchSize() {
    return context.microBatchSize();
  }

  void carryOut(List<Operation> operations) {
    for (Operation operation : operations) {
      switch (operation) {
        case Operation.Copy(int from, int to, int position) -> {
          context.kvCache().copy(from, to, position);
          copying.add(from);
          copying.add(to);
        }
        case Operation.Truncate(int sequence, int position) ->
            context.kvCache().truncate(sequence, position);
      }
    }
  }

  /**
   * Fills the batch with the slices; returns the first output row of each slice, or -1 if it has
   * none.
   */
  int[] fill(List<Slice<StreamJob>> slices) {
    batch.clear();
    int[] rows = new int[slices.size()];
    for (int i = 0; i < rows.length; i++) {
      Slice<StreamJob> slice = slices.get(i);
      StreamJob job = slice.job();
      rows[i] = -1;
      for (int at = slice.from(); at < slice.to(); at++) {
        boolean output = at >= slice.firstOutput();
        int row = batch.add(job.token(at), job.position(at), slice.sequence(), output);
        if (at == slice.firstOutput()) {
          rows[i] = row;
        }
      }
    }
    return rows;
  }

  /** Decodes the batch when it is this context's turn; false if it was stopped. */
  boolean decode() {
    // if it is stopped before its turn, the decode only sees that
    boolean computes = turn.take(context.processors(batch), context::isStopped);
    try {
      boolean done = decoder.decode(context, batch);
      copying.clear();
      return done;
    } finally {
      if (computes) {
        turn.release();
      }
    }
  }

  /** The size of a sequence's state in bytes; 0 if it cannot be copied before the next decode. */
  long stateSize(int sequence) {
    return copying.contains(sequence) ? 0 : context.kvCache().stateSize(sequence);
  }

  /** Copies a sequence into a state of its size. */
  void save(int sequence, SequenceState state) {
    context.kvCache().save(sequence, state);
  }

  /**
   * Copies a state into an empty sequence.
   *
   * @param positions how many the state has
   * @return false if that was impossible; the content of the sequence is undefined then
   */
  boolean load(int sequence, SequenceState state, int positions) {
    return !copying.contains(sequence)
        && context.kvCache().load(sequence, state).isEmpty()
        && context.kvCache().length(sequence) == positions;
  }

  /** The number of positions in the sequence of each slice. */
  int[] lengths(List<Slice<StreamJob>> slices) {
    return slices.stream().mapToInt(slice -> context.kvCache().length(slice.sequence())).toArray();
  }

  /**
   * Samples a stream's next tokens from its output rows. The first row gives one token, and each
   * draft token that was sampled as proposed gives one more.
   *
   * @param row the first of the rows
   * @param tokens receives the tokens
   */
  void sample(Slice<StreamJob> slice, int row, long start, List<Token> tokens) {
    StreamJob job = slice.job();
    if (job.size() == job.prompt().length()) {
      job.generation().prefilled(job.reused());
    }
    boolean proposed = true;
    long begin = start;
    for (int i = 0; i < slice.outputs() && proposed; i++) {
      String text = job.sampled().next(job.sampler(), context, row + i, begin);
      Token token = job.sampled().with(text);
      tokens.add(token);
      int next = slice.firstOutput() + i + 1;
      proposed = !token.last() && next < slice.to() && token.id() == job.token(next);
      begin = System.nanoTime();
    }
  }
}
