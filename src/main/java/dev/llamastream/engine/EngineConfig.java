package dev.llamastream.engine;

import dev.llamastream.ContextParams;
import dev.llamastream.internal.ffm.ContextConfig;
import dev.llamastream.internal.scheduling.SchedulerConfig;

/** What the parameters of an engine are for its context and for its scheduler. */
final class EngineConfig {

  /** How many tokens are proposed for a stream at most: none yet. */
  private static final int PROPOSED = 0;

  private EngineConfig() {}

  static ContextConfig context(EngineParams params) {
    int outputs = params.slots() * (1 + PROPOSED);
    return new ContextConfig(params.context(), params.slots(), sharesCells(params), outputs);
  }

  /**
   * Where there is room for the largest streams in all slots, each slot has its own part of the KV
   * cache: attention then looks at one stream's cells alone, and nothing can run short.
   */
  private static boolean sharesCells(EngineParams params) {
    ContextParams context = params.context();
    int largest = params.maxTokensPerStream();
    return !context.reproducible()
        && (largest == 0 || (long) params.slots() * largest > context.contextSize());
  }

  /**
   * For a context that is open.
   *
   * @param forgetsInPart whether sequences can be truncated and copied
   */
  static SchedulerConfig scheduling(
      EngineParams params, EngineContext context, boolean forgetsInPart) {
    boolean shared = sharesCells(params);
    return new SchedulerConfig(
        params.slots(),
        params.queueCapacity(),
        context.contextSize(),
        shared && forgetsInPart ? ContextConfig.MAX_SEQUENCES : params.slots(),
        shared,
        forgetsInPart,
        params.prefixCache(),
        (int) (params.prefixCacheShare() * context.contextSize()),
        context.batchSize(),
        params.prefillChunk(),
        params.context().reproducible(),
        context.microBatchSize(),
        PROPOSED);
  }
}
