package dev.llamastream.engine;

import static java.util.Objects.requireNonNull;

import dev.llamastream.ContextParams;
import dev.llamastream.FlashAttention;
import dev.llamastream.KvCacheType;
import dev.llamastream.internal.Check;
import dev.llamastream.internal.ffm.ContextConfig;
import dev.llamastream.internal.scheduling.SchedulerConfig;

/**
 * How to open an engine. Immutable.
 *
 * @param slots how many streams are decoded together at most. Range [1, 128], default 8. With a
 *     plamo2 model it is 1, whatever this says: llama.cpp spoils what others have
 * @param contextSize how many tokens of all streams and cached prefixes the KV cache holds. Rounded
 *     up to a multiple of 256 (for each slot, in reproducible mode). Range [256, 2^31 - 257],
 *     default 8192
 * @param maxTokensPerStream how many tokens of prompt and generated text one stream may have; 0 for
 *     as many as the KV cache holds; never more than the positions that a model has learned, if it
 *     looks them up in a table. If that many fit for all slots at once, each slot has its own part
 *     of the KV cache, which is faster, but keeps no more prefixes than there are slots. In
 *     reproducible mode it always has, and that is the limit. Range [0, 2^31 - 1], default 0
 * @param batchSize how many tokens at most go to one native call. Range [slots, 2^20], default 2048
 *     (llama.cpp's)
 * @param microBatchSize how many tokens at most are computed at once. Range [1, batchSize], default
 *     512 (llama.cpp's), or batchSize if that is less
 * @param prefillChunk how many prompt tokens at most are computed between two tokens of the streams
 *     that run already: less lets them run more evenly, more begins new streams sooner. In
 *     reproducible mode it is the micro-batch. Range [1, batchSize], default 256, or batchSize if
 *     that is less
 * @param queueCapacity how many requests may wait for a slot. Range [1, 2^20], default 256
 * @param streamBuffer how many tokens of one stream may wait for its consumer before the stream is
 *     parked. Range [2, 2^20], default 32
 * @param threads threads that compute a single token; 0 for as many as the JVM has processors.
 *     Range [0, 512], default 0
 * @param batchThreads threads that compute several tokens at once; 0 for as many as the JVM has
 *     processors. Range [0, 512], default 0
 * @param flashAttention when to use flash attention. Default {@link FlashAttention#AUTO}
 * @param kvCacheType how keys and values are stored. Default {@link KvCacheType#F16}
 * @param prefixCache whether prompts share the beginnings that they have in common, with each other
 *     and with streams that have ended. Default true
 * @param prefixCacheShare how much of the KV cache the streams that have ended may keep. Range [0,
 *     1], default 0.5
 * @param reproducible the same request gives the same tokens and bit-identical logits, alone or
 *     among others, as on a reproducible {@link dev.llamastream.Context} of the same micro-batch
 *     size: {@link dev.llamastream.ContextParams#reproducible()}. Slower. With more than 1 slot it
 *     needs quantized weights: llama.cpp computes floating-point ones (F32, F16, BF16) differently
 *     for one token and for several. Opening refuses what cannot hold. Default false
 * @param listener is told what happens. Default: nobody is
 */
public record EngineParams(
    int slots,
    int contextSize,
    int maxTokensPerStream,
    int batchSize,
    int microBatchSize,
    int prefillChunk,
    int queueCapacity,
    int streamBuffer,
    int threads,
    int batchThreads,
    FlashAttention flashAttention,
    KvCacheType kvCacheType,
    boolean prefixCache,
    double prefixCacheShare,
    boolean reproducible,
    EngineListener listener) {

  /** How many tokens are proposed for a stream at most: none yet. */
  private static final int PROPOSED = 0;

  private static final EngineListener NO_LISTENER = new EngineListener() {};
  private static final EngineParams DEFAULTS = builder().build();

  /** Checks the ranges. */
  public EngineParams {
    Check.range("slots", slots, 1, 128);
    Check.range("contextSize", contextSize, 256, Integer.MAX_VALUE - 256);
    Check.range("maxTokensPerStream", maxTokensPerStream, 0, Integer.MAX_VALUE);
    Check.range("batchSize", batchSize, slots, 1 << 20);
    Check.range("prefillChunk", prefillChunk, 1, batchSize);
    Check.range("queueCapacity", queueCapacity, 1, 1 << 20);
    Check.range("streamBuffer", streamBuffer, 2, 1 << 20);
    if (!(prefixCacheShare >= 0 && prefixCacheShare <= 1)) {
      throw Check.outOfRange("prefixCacheShare", prefixCacheShare, "[0, 1]");
    }
    requireNonNull(listener, "listener");
    // checks the rest
    ContextParams _ =
        new ContextParams(
            contextSize,
            batchSize,
            microBatchSize,
            threads,
            batchThreads,
            flashAttention,
            kvCacheType,
            false,
            0,
            reproducible);
  }

  /** All defaults. */
  public static EngineParams defaults() {
    return DEFAULTS;
  }

  /** A builder that starts from the defaults. */
  public static Builder builder() {
    return new Builder();
  }

  /** The same with one slot. */
  EngineParams oneSlot() {
    return new EngineParams(
        1,
        contextSize,
        maxTokensPerStream,
        batchSize,
        microBatchSize,
        prefillChunk,
        queueCapacity,
        streamBuffer,
        threads,
        batchThreads,
        flashAttention,
        kvCacheType,
        prefixCache,
        prefixCacheShare,
        reproducible,
        listener);
  }

  ContextConfig context() {
    ContextParams params =
        ContextParams.builder()
            .contextSize(contextSize)
            .batchSize(batchSize)
            .microBatchSize(microBatchSize)
            .threads(threads)
            .batchThreads(batchThreads)
            .flashAttention(flashAttention)
            .kvCacheType(kvCacheType)
            .reproducible(reproducible)
            .build();
    return new ContextConfig(params, slots, sharesCells(), slots * (1 + PROPOSED));
  }

  /**
   * Where there is room for the largest streams in all slots, each slot has its own part of the KV
   * cache: attention then looks at one stream's cells alone, and nothing can run short.
   */
  private boolean sharesCells() {
    return !reproducible
        && (maxTokensPerStream == 0 || (long) slots * maxTokensPerStream > contextSize);
  }

  SchedulerConfig scheduling(EngineContext context, boolean forgetsInPart) {
    boolean shared = sharesCells();
    return new SchedulerConfig(
        slots,
        queueCapacity,
        context.contextSize(),
        shared && forgetsInPart ? ContextConfig.MAX_SEQUENCES : slots,
        shared,
        forgetsInPart,
        prefixCache,
        (int) (prefixCacheShare * context.contextSize()),
        context.batchSize(),
        prefillChunk,
        reproducible,
        context.microBatchSize(),
        PROPOSED);
  }

  /** Builds {@link EngineParams}. Not thread-safe. */
  public static final class Builder {
    private static final int UNSET = -1;
    private static final int DEFAULT_MICRO_BATCH = 512;
    private static final int DEFAULT_PREFILL_CHUNK = 256;

    private int slots = 8;
    private int contextSize = 8192;
    private int maxTokensPerStream;
    private int batchSize = 2048;
    private int microBatchSize = UNSET;
    private int prefillChunk = UNSET;
    private int queueCapacity = 256;
    private int streamBuffer = 32;
    private int threads;
    private int batchThreads;
    private FlashAttention flashAttention = FlashAttention.AUTO;
    private KvCacheType kvCacheType = KvCacheType.F16;
    private boolean prefixCache = true;
    private double prefixCacheShare = 0.5;
    private boolean reproducible;
    private EngineListener listener = NO_LISTENER;

    private Builder() {}

    /** See {@link EngineParams#slots()}. */
    public Builder slots(int value) {
      slots = value;
      return this;
    }

    /** See {@link EngineParams#contextSize()}. */
    public Builder contextSize(int value) {
      contextSize = value;
      return this;
    }

    /** See {@link EngineParams#maxTokensPerStream()}. */
    public Builder maxTokensPerStream(int value) {
      maxTokensPerStream = value;
      return this;
    }

    /** See {@link EngineParams#batchSize()}. */
    public Builder batchSize(int value) {
      batchSize = value;
      return this;
    }

    /** See {@link EngineParams#microBatchSize()}. */
    public Builder microBatchSize(int value) {
      microBatchSize = Check.range("microBatchSize", value, 1, 1 << 20);
      return this;
    }

    /** See {@link EngineParams#prefillChunk()}. */
    public Builder prefillChunk(int value) {
      prefillChunk = Check.range("prefillChunk", value, 1, 1 << 20);
      return this;
    }

    /** See {@link EngineParams#queueCapacity()}. */
    public Builder queueCapacity(int value) {
      queueCapacity = value;
      return this;
    }

    /** See {@link EngineParams#streamBuffer()}. */
    public Builder streamBuffer(int value) {
      streamBuffer = value;
      return this;
    }

    /** See {@link EngineParams#threads()}. */
    public Builder threads(int value) {
      threads = value;
      return this;
    }

    /** See {@link EngineParams#batchThreads()}. */
    public Builder batchThreads(int value) {
      batchThreads = value;
      return this;
    }

    /** See {@link EngineParams#flashAttention()}. */
    public Builder flashAttention(FlashAttention value) {
      flashAttention = value;
      return this;
    }

    /** See {@link EngineParams#kvCacheType()}. */
    public Builder kvCacheType(KvCacheType value) {
      kvCacheType = value;
      return this;
    }

    /** See {@link EngineParams#prefixCache()}. */
    public Builder prefixCache(boolean value) {
      prefixCache = value;
      return this;
    }

    /** See {@link EngineParams#prefixCacheShare()}. */
    public Builder prefixCacheShare(double value) {
      prefixCacheShare = value;
      return this;
    }

    /** See {@link EngineParams#reproducible()}. */
    public Builder reproducible(boolean value) {
      reproducible = value;
      return this;
    }

    /** See {@link EngineParams#listener()}. */
    public Builder listener(EngineListener value) {
      listener = value;
      return this;
    }

    /** Checks everything and builds. */
    public EngineParams build() {
      return new EngineParams(
          slots,
          contextSize,
          maxTokensPerStream,
          batchSize,
          orDefault(microBatchSize, DEFAULT_MICRO_BATCH),
          orDefault(prefillChunk, DEFAULT_PREFILL_CHUNK),
          queueCapacity,
          streamBuffer,
          threads,
          batchThreads,
          flashAttention,
          kvCacheType,
          prefixCache,
          prefixCacheShare,
          reproducible,
          listener);
    }

    private int orDefault(int value, int defaultValue) {
      return value == UNSET ? Math.max(1, Math.min(defaultValue, batchSize)) : value;
    }
  }
}
