package dev.llamastream.engine;

import dev.llamastream.ContextParams;
import dev.llamastream.internal.ffm.ContextConfig;
import dev.llamastream.internal.scheduling.SchedulerConfig;

/** Translates an engine's parameters into those of its context and its scheduler. */
final class EngineConfig {

  /** The maximum number of drafted tokens in a step. */
  private static final int DRAFTED = 2 * ContextConfig.MAX_DRAFT;

  private EngineConfig() {}

  static ContextConfig context(EngineParams params) {
    int outputs = Math.min(params.context().batchSize(), params.slots() + DRAFTED);
    return new ContextConfig(params.context(), params.slots(), sharesCells(params), outputs);
  }

  /**
   * If the cache has room for streams of maximum size in all slots, each slot gets its own part of
   * the KV cache. Attention then reads the cells of one stream only, and no stream can run short of
   * cells.
   */
  static boolean sharesCells(EngineParams params) {
    ContextParams context = params.context();
    int largest = params.maxTokensPerStream();
    return !context.reproducible()
        && (largest == 0 || (long) params.slots() * largest > context.contextSize());
  }

  /**
   * The scheduler's parameters for an open context.
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
        DRAFTED);
  }
}
