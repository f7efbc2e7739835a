package dev.llamastream;

import static java.util.Objects.requireNonNull;

import dev.llamastream.internal.Check;
import java.util.Locale;

/**
 * How to open a context. Immutable.
 *
 * @param contextSize how many tokens of prompt and generated text it holds; 0 for as many as the
 *     model was trained with. Rounded up to a multiple of 256. Range [0, 2^31 - 257], default 4096
 * @param batchSize how many prompt tokens at most go to one native call. Range [1, 2^20], default
 *     2048 (llama.cpp's)
 * @param microBatchSize how many tokens at most are computed at once. Range [1, batchSize], default
 *     512 (llama.cpp's), or batchSize if that is less
 * @param threads threads that decode one token; 0 for as many as the JVM has processors. Range [0,
 *     512], default 0
 * @param batchThreads threads that prefill; 0 for as many as the JVM has processors. Range [0,
 *     512], default 0
 * @param flashAttention when to use flash attention. Default {@link FlashAttention#AUTO}
 * @param kvCacheType how keys and values are stored. Default {@link KvCacheType#F16}
 * @param contextShift when the context is full, forget the older half of what follows the first
 *     keepTokens and go on, instead of ending with {@link FinishReason#CONTEXT_FULL}. Where the
 *     model's memory cannot do that, the stream ends all the same. Default false
 * @param keepTokens how many of the first tokens a context shift never forgets. Range [0, 2^31 -
 *     1], default 0
 * @param reproducible the same request gives the same tokens and bit-identical logits with any
 *     number of threads, cold or after prefix reuse. Slower: no flash attention, no repacked
 *     weights ({@link ModelParams#repackWeights()} must be false), and only prefilled tokens are
 *     reused. CPU only, no recurrent models, no weights of IQ types. Without it logits move a
 *     little (0.1 to 0.2 on average was measured) with the batch, the number of threads, and from
 *     cells that were prefilled to such that were decoded: {@link Context}. Default false
 */
public record ContextParams(
    int contextSize,
    int batchSize,
    int microBatchSize,
    int threads,
    int batchThreads,
    FlashAttention flashAttention,
    KvCacheType kvCacheType,
    boolean contextShift,
    int keepTokens,
    boolean reproducible) {

  private static final ContextParams DEFAULTS = builder().build();

  /** Checks the ranges. */
  public ContextParams {
    Check.range("contextSize", contextSize, 0, Integer.MAX_VALUE - 256);
    Check.range("batchSize", batchSize, 1, 1 << 20);
    Check.range("microBatchSize", microBatchSize, 1, batchSize);
    Check.range("threads", threads, 0, 512);
    Check.range("batchThreads", batchThreads, 0, 512);
    Check.range("keepTokens", keepTokens, 0, Integer.MAX_VALUE);
    requireNonNull(flashAttention, "flashAttention");
    requireNonNull(kvCacheType, "kvCacheType");
    if (kvCacheType.quantized() && (flashAttention == FlashAttention.OFF || reproducible)) {
      throw new InvalidValueException(
          "kvCacheType",
          String.format(
              Locale.ROOT, "%s, must be F32, F16 or BF16 without flash attention", kvCacheType));
    }
    if (reproducible && flashAttention == FlashAttention.ON) {
      throw new InvalidValueException(
          "flashAttention", "ON, must be AUTO or OFF in reproducible mode");
    }
  }

  /** All defaults. */
  public static ContextParams defaults() {
    return DEFAULTS;
  }

  /** A builder that starts from the defaults. */
  public static Builder builder() {
    return new Builder();
  }

  /** Builds {@link ContextParams}. Not thread-safe. */
  public static final class Builder {
    private static final int DEFAULT_MICRO_BATCH = 512;

    private int contextSize = 4096;
    private int batchSize = 2048;
    private int microBatchSize = -1;
    private int threads;
    private int batchThreads;
    private FlashAttention flashAttention = FlashAttention.AUTO;
    private KvCacheType kvCacheType = KvCacheType.F16;
    private boolean contextShift;
    private int keepTokens;
    private boolean reproducible;

    private Builder() {}

    /** See {@link ContextParams#contextSize()}. */
    public Builder contextSize(int value) {
      contextSize = value;
      return this;
    }

    /** See {@link ContextParams#batchSize()}. */
    public Builder batchSize(int value) {
      batchSize = value;
      return this;
    }

    /** See {@link ContextParams#microBatchSize()}. */
    public Builder microBatchSize(int value) {
      microBatchSize = Check.range("microBatchSize", value, 1, 1 << 20);
      return this;
    }

    /** See {@link ContextParams#threads()}. */
    public Builder threads(int value) {
      threads = value;
      return this;
    }

    /** See {@link ContextParams#batchThreads()}. */
    public Builder batchThreads(int value) {
      batchThreads = value;
      return this;
    }

    /** See {@link ContextParams#flashAttention()}. */
    public Builder flashAttention(FlashAttention value) {
      flashAttention = value;
      return this;
    }

    /** See {@link ContextParams#kvCacheType()}. */
    public Builder kvCacheType(KvCacheType value) {
      kvCacheType = value;
      return this;
    }

    /** See {@link ContextParams#contextShift()}. */
    public Builder contextShift(boolean value) {
      contextShift = value;
      return this;
    }

    /** See {@link ContextParams#keepTokens()}. */
    public Builder keepTokens(int value) {
      keepTokens = value;
      return this;
    }

    /** See {@link ContextParams#reproducible()}. */
    public Builder reproducible(boolean value) {
      reproducible = value;
      return this;
    }

    /** Checks everything and builds. */
    public ContextParams build() {
      Check.range("batchSize", batchSize, 1, 1 << 20);
      return new ContextParams(
          contextSize,
          batchSize,
          microBatchSize < 0 ? Math.min(DEFAULT_MICRO_BATCH, batchSize) : microBatchSize,
          threads,
          batchThreads,
          flashAttention,
          kvCacheType,
          contextShift,
          keepTokens,
          reproducible);
    }
  }
}
