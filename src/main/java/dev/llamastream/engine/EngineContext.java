package dev.llamastream.engine;

import dev.llamastream.Token;
import dev.llamastream.internal.ffm.Batch;
import dev.llamastream.internal.ffm.ContextConfig;
import dev.llamastream.internal.ffm.ContextHandle;
import dev.llamastream.internal.ffm.ModelHandle;
import dev.llamastream.internal.scheduling.Step.Operation;
import dev.llamastream.internal.scheduling.Step.Slice;
import java.util.List;

/**
 * The native context of an engine and its batch, and others in their place when that has failed.
 * For the engine's thread, but for {@link #isClosed()}, {@link #stop()} and {@link
 * #sequenceSize()}.
 */
final class EngineContext {

  private final ModelHandle model;
  private final ContextConfig config;
  private final Decoder decoder;
  private Runnable onClose = () -> {};
  private volatile ContextHandle context;
  private Batch batch;
  private boolean entered;

  /** Opens. The caller holds a lease of the model until the thread has entered. */
  EngineContext(ModelHandle model, ContextConfig config, Decoder decoder) {
    this.model = model;
    this.config = config;
    this.decoder = decoder;
    this.context = decoder.open(model, config);
    this.batch = context.newBatch();
  }

  /** What runs when somebody closes the model. To be called before the thread enters. */
  void onClose(Runnable action) {
    onClose = action;
    context.onClose(action);
  }

  /** The thread takes the lease of the context, to hold it until it leaves. */
  void enter() {
    context.enter();
    entered = true;
  }

  /** Closes, if it has been entered. */
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

  /** Takes a lease of the model; false if that is being closed. */
  boolean holdModel() {
    try {
      model.lifetime().acquire();
      return true;
    } catch (IllegalStateException e) {
      return false;
    }
  }

  /** Gives it back. */
  void releaseModel() {
    model.lifetime().release();
  }

  /** Opens and enters another context. The caller holds the model. */
  void replace() {
    leave();
    context = decoder.open(model, config);
    batch = context.newBatch();
    context.onClose(onClose);
    enter();
  }

  /** Whether the model is being closed, and all its contexts with it. */
  boolean isClosed() {
    return context.isClosed();
  }

  /** Whether it must be replaced. */
  boolean failed() {
    return context.failed();
  }

  /** Stops the decode that runs, and those that follow. */
  void stop() {
    context.stop();
  }

  /** Forgets a {@link #stop()}. */
  void forgetStop() {
    context.forgetStop();
  }

  int contextSize() {
    return context.contextSize();
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
        case Operation.Copy(int from, int to, int position) ->
            context.kvCache().copy(from, to, position);
        case Operation.Truncate(int sequence, int position) ->
            context.kvCache().truncate(sequence, position);
      }
    }
  }

  /** Makes the slices the batch; returns the first row of each whose logits are wanted, or -1. */
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

  /** Decodes the batch; false if it was stopped. */
  boolean decode() {
    return decoder.decode(context, batch);
  }

  /** How many positions the sequences of these slices have. */
  int[] lengths(List<Slice<StreamJob>> slices) {
    return slices.stream().mapToInt(slice -> context.kvCache().length(slice.sequence())).toArray();
  }

  /**
   * Samples a stream's next tokens from its output rows: one, and another for each proposed token
   * that came out.
   *
   * @param row the first of them
   * @param tokens takes them
   */
  void sample(Slice<StreamJob> slice, int row, long start, List<Token> tokens) {
    StreamJob job = slice.job();
    if (job.size() == job.prompt().length()) {
      job.generation().prefilled(job.reused());
    }
    boolean proposed = true;
    for (int i = 0; i < slice.outputs() && proposed; i++) {
      String text = job.sampled().next(job.sampler(), context, row + i, start);
      Token token = job.sampled().with(text);
      tokens.add(token);
      int next = slice.firstOutput() + i + 1;
      proposed = !token.last() && next < slice.to() && token.id() == job.token(next);
    }
  }
}
