package dev.llamastream.internal.speculation;

import dev.llamastream.GenerationException;
import dev.llamastream.TokenLogprob;
import dev.llamastream.internal.ffm.ContextHandle;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Drafts what a smaller model generates greedily, while it is sure. */
final class ModelDrafter implements Drafter {

  private static final Logger LOGGER = System.getLogger(ModelDrafter.class.getName());

  /** A prompt is prefilled in parts, so that the stream's own steps continue in between. */
  private static final int CHUNK = 256;

  /** A token of less probability is not drafted: with all after it, it would rarely come true. */
  private static final double SURE = 0.5;

  private static final double PRIOR = 0.8;

  private final DraftModel model;
  private @Nullable DraftSequence sequence;
  private boolean failed;

  ModelDrafter(DraftModel model) {
    this.model = model;
  }

  @Override
  public int look(Tokens text) {
    if (sequence == null) {
      sequence = model.take();
    }
    return failed || sequence == null ? -1 : 0;
  }

  @Override
  public int[] draft(Tokens text, int most) {
    int[] draft = new int[most];
    int drafted = 0;
    DraftSequence own = sequence;
    if (own != null) {
      try {
        drafted = draft(own, text, draft);
      } catch (IllegalStateException e) {
        failed = true; // the draft model is closed
      } catch (GenerationException e) {
        failed = true;
        LOGGER.log(Level.WARNING, "a draft model failed; its stream continues without", e);
      }
    }
    return Arrays.copyOf(draft, drafted);
  }

  /** Fills the draft as far as the model is sure; returns its length. */
  private int draft(DraftSequence own, Tokens text, int[] draft) {
    ContextHandle context = model.context();
    context.enter();
    try {
      failed = !own.keepCommon(text) || !catchUp(own, text);
      if (failed || own.length() < text.size()) {
        return 0;
      }
      for (int i = 0; i < draft.length; i++) {
        TokenLogprob best = context.topLogprobs(model.batch().size() - 1, 1).getFirst();
        if (best.id() >= model.vocabulary() || Math.exp(best.logprob()) < SURE) {
          return i;
        }
        draft[i] = best.id();
        if (i + 1 < draft.length && !own.decode(best.id())) {
          return i + 1;
        }
      }
      return draft.length;
    } finally {
      context.exit();
    }
  }

  /** Computes what the text has more, or a part of it; false if it cannot. */
  private boolean catchUp(DraftSequence own, Tokens text) {
    int from = own.length();
    int to = Math.min(text.size(), from + Math.min(CHUNK, model.context().batchSize()));
    int[] tokens = new int[to - from];
    for (int i = 0; i < tokens.length; i++) {
      tokens[i] = text.at(from + i);
      if (tokens[i] >= model.vocabulary()) {
        return false;
      }
    }
    return own.decode(tokens);
  }

  @Override
  public int strengths() {
    return 1;
  }

  @Override
  public double prior(int strength) {
    return PRIOR;
  }

  @Override
  public double cost() {
    return model.cost();
  }

  @Override
  public void end() {
    DraftSequence own = sequence;
    sequence = null;
    failed = true;
    if (own != null) {
      model.giveBack(own);
    }
  }
}
