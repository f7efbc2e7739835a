package dev.llamastream.internal.ffm;

import dev.llamastream.SamplerParams;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Creates the samplers of a model; slow ones on dedicated threads. Thread-safe. */
final class Samplers {

  /** In chars: native code takes more than a millisecond to parse a longer grammar. */
  private static final int LONG_GRAMMAR = 4096;

  private final ModelHandle model;
  private final DryTemplates dryTemplates;

  Samplers(ModelHandle model) {
    this.model = model;
    this.dryTemplates = new DryTemplates(model);
  }

  /**
   * Creates a sampler.
   *
   * @param chat what the answer obeys; null outside of a chat
   * @param tokens the maximum number of tokens that it will receive
   * @param timeout how long this may wait; zero for no limit
   */
  SamplerHandle make(SamplerParams params, @Nullable ChatRules chat, int tokens, Duration timeout) {
    params.logitBias().keySet().forEach(token -> model.vocab().check("logitBias", token));
    boolean quick =
        params.grammar().length() <= LONG_GRAMMAR
            && (chat == null || chat.format().grammar().length() <= LONG_GRAMMAR)
            && (!hasDry(params, tokens) || dryTemplates.has(params.dry(), tokens));
    return quick
        ? make(params, chat, tokens)
        : BigStackThread.make(
            model, timeout, () -> make(params, chat, tokens), SamplerHandle::free);
  }

  private SamplerHandle make(SamplerParams params, @Nullable ChatRules chat, int tokens) {
    return hasDry(params, tokens)
        ? dryTemplates.lend(
            params.dry(), tokens, dry -> SamplerHandle.make(model, params, chat, tokens, dry))
        : SamplerHandle.make(model, params, chat, tokens, MemorySegment.NULL);
  }

  private static boolean hasDry(SamplerParams params, int tokens) {
    return (float) params.dry().multiplier() > 0 && Math.min(params.dry().lastN(), tokens) > 0;
  }

  /** Called when the model is no longer used. */
  void free() {
    dryTemplates.free();
  }
}
