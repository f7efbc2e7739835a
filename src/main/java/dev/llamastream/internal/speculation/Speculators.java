package dev.llamastream.internal.speculation;

import dev.llamastream.ContextParams;
import dev.llamastream.GenerationRequest;
import dev.llamastream.InvalidValueException;
import dev.llamastream.internal.ffm.ModelHandle;
import dev.llamastream.internal.prompt.EncodedPrompt;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Makes the speculators of one context or engine, and owns their draft models. Thread-safe. */
public final class Speculators {

  private final ModelHandle target;
  private final ContextParams params;
  private final int streams;
  private final int contextSize;
  private final boolean possible;
  private final Map<ModelHandle, DraftModel> models = new HashMap<>();
  private boolean closed;

  /**
   * For streams of this model.
   *
   * @param streams the maximum number of streams at a time
   * @param contextSize the number of tokens that they have together
   */
  public Speculators(ModelHandle target, ContextParams params, int streams, int contextSize) {
    this.target = target;
    this.params = params;
    this.streams = streams;
    this.contextSize = contextSize;
    this.possible = target.forgetsInPart();
  }

  /**
   * A speculator for a stream; null if it wants none, or this model cannot verify several tokens.
   *
   * @param draft the model that drafts, if one does
   * @throws IllegalStateException if the draft model is closed
   */
  public @Nullable Speculator of(
      Optional<ModelHandle> draft, GenerationRequest request, EncodedPrompt prompt) {
    if (request.speculation().isNone()) {
      return null;
    }
    if (params.reproducible()) {
      throw new InvalidValueException(
          "speculation", "not in reproducible mode: a decode of several tokens rounds differently");
    }
    Drafter drafter =
        draft.<Drafter>map(model -> new ModelDrafter(model(model))).orElseGet(PromptLookup::new);
    return !possible || request.scorePrompt()
        ? null
        : new Speculator(drafter, prompt.tokens(), request.maxTokens());
  }

  private synchronized DraftModel model(ModelHandle draft) {
    if (closed) {
      throw new IllegalStateException("the context is closed");
    }
    DraftModel model = models.get(draft);
    if (model == null || model.context().isClosed()) {
      draft.lifetime().acquire();
      try {
        model = new DraftModel(draft, target, params, streams, contextSize);
      } finally {
        draft.lifetime().release();
      }
      models.put(draft, model);
    }
    return model;
  }

  /** Closes the draft models' contexts. No drafter is used any more. */
  public synchronized void close() {
    closed = true;
    models.values().forEach(DraftModel::close);
    models.clear();
  }
}
