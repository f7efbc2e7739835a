package dev.llamastream.internal.ffm;

import dev.llamastream.SamplerParams;
import java.lang.foreign.MemorySegment;
import java.time.Duration;

/** Makes the samplers of a model; what takes long on threads of its own. Thread-safe. */
final class Samplers {

  /** In chars: native code parses more of a grammar for more than a millisecond. */
  private static final int LONG_GRAMMAR = 4096;

  private final ModelHandle model;
  private final DryTemplates dryTemplates;

  Samplers(ModelHandle model) {
    this.model = model;
    this.dryTemplates = new DryTemplates(model);
  }

  /**
   * Makes one.
   *
   * @param tokens how many it will be shown at most
   * @param timeout how long this may wait; zero for no limit
   */
  SamplerHandle make(SamplerParams params, int tokens, Duration timeout) {
    params.logitBias().keySet().forEach(token -> model.vocab().check("logitBias", token));
    boolean quick =
        params.grammar().length() <= LONG_GRAMMAR
            && (!hasDry(params, tokens) || dryTemplates.has(params.dry(), tokens));
    return quick
        ? make(params, tokens)
        : BigStackThread.make(model, timeout, () -> make(params, tokens), SamplerHandle::free);
  }

  private SamplerHandle make(SamplerParams params, int tokens) {
    return hasDry(params, tokens)
        ? dryTemplates.lend(
            params.dry(), tokens, dry -> SamplerHandle.make(model, params, tokens, dry))
        : SamplerHandle.make(model, params, tokens, MemorySegment.NULL);
  }

  private static boolean hasDry(SamplerParams params, int tokens) {
    return (float) params.dry().multiplier() > 0 && Math.min(params.dry().lastN(), tokens) > 0;
  }

  /** When the model is in no use any more. */
  void free() {
    dryTemplates.free();
  }
}
