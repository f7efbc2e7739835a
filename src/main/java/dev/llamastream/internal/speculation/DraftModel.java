package dev.llamastream.internal.speculation;

import dev.llamastream.ContextParams;
import dev.llamastream.InvalidValueException;
import dev.llamastream.internal.ffm.Batch;
import dev.llamastream.internal.ffm.ContextConfig;
import dev.llamastream.internal.ffm.ContextHandle;
import dev.llamastream.internal.ffm.ModelHandle;
import dev.llamastream.internal.ffm.Vocab;
import java.util.Locale;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/**
 * A smaller model that drafts for the streams of one context or engine, with a KV cache of its own.
 * One thread at a time drafts; a stream may end on any thread.
 */
final class DraftModel {

  /** As in llama.cpp's speculative.cpp: models of a family pad their vocabularies differently. */
  private static final int MISSING = 128;

  private final ContextHandle context;
  private final Batch batch;
  private final int vocabulary;
  private final double cost;
  private final Queue<DraftSequence> idle = new ConcurrentLinkedQueue<>();
  private int cells;

  /**
   * Opens the KV cache. The caller holds leases of both models.
   *
   * @param streams the maximum number of streams that it drafts for
   * @param contextSize the number of tokens that they have together
   */
  DraftModel(
      ModelHandle model, ModelHandle target, ContextParams params, int streams, int contextSize) {
    checkVocabulary(model.vocab(), target.vocab());
    ContextParams own = params.toBuilder().contextSize(contextSize).build();
    context = ContextHandle.open(model, new ContextConfig(own, streams, true, streams));
    batch = context.newBatch();
    vocabulary = Math.min(model.vocab().size(), target.vocab().size());
    cost = (double) model.sizeInBytes() / target.sizeInBytes();
    for (int i = 0; i < streams; i++) {
      idle.add(new DraftSequence(this, i));
    }
  }

  private static void checkVocabulary(Vocab draft, Vocab target) {
    int common = Math.min(draft.size(), target.size());
    if (Math.max(draft.size(), target.size()) - common > MISSING) {
      throw new InvalidValueException(
          "speculation",
          String.format(
              Locale.ROOT,
              "the draft model has %d tokens, must have the same as the model: %d",
              draft.size(),
              target.size()));
    }
    for (int token = 0; token < common; token++) {
      if (!draft.name(token).equals(target.name(token))) {
        throw new InvalidValueException(
            "speculation",
            String.format(
                Locale.ROOT,
                "token %d of the draft model is \"%s\", must be the same as the model's: \"%s\"",
                token,
                draft.name(token),
                target.name(token)));
      }
    }
  }

  /** A sequence for a stream; null if none is free. It may hold what an earlier stream left. */
  @Nullable DraftSequence take() {
    return idle.poll();
  }

  /** The stream of this sequence has ended. Any thread. */
  void giveBack(DraftSequence sequence) {
    idle.add(sequence);
  }

  /**
   * Takes cells. Gives up what ended streams left if too few are free; returns false if that is not
   * enough.
   */
  boolean takeCells(int count) {
    for (DraftSequence sequence : idle) {
      if (cells + count > context.contextSize()) {
        sequence.truncate(0);
      }
    }
    if (cells + count > context.contextSize()) {
      return false;
    }
    cells += count;
    return true;
  }

  /** Returns cells. */
  void freeCells(int count) {
    cells -= count;
  }

  ContextHandle context() {
    return context;
  }

  Batch batch() {
    return batch;
  }

  /** Tokens below this number are the same in both models. */
  int vocabulary() {
    return vocabulary;
  }

  /** What a decode costs, in decodes of the target. */
  double cost() {
    return cost;
  }

  void close() {
    context.close();
  }
}
