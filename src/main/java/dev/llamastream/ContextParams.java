package dev.llamastream;

import org.jspecify.annotations.Nullable;

/**
 * The parameters for opening a context. Immutable.
 *
 * @since 0.1.0
 */
public final class ContextParams {

  private static final ContextParams DEFAULTS = builder().build();

  private final ContextValues values;

  private ContextParams(ContextValues values) {
    this.values = values;
  }

  /** The parameters with all defaults. */
  public static ContextParams defaults() {
    return DEFAULTS;
  }

  /** A builder that starts from the defaults. */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * A builder that starts from these values. If the micro-batch size is the default for the batch
   * size, it keeps following the batch size.
   */
  public Builder toBuilder() {
    Builder builder =
        new Builder()
            .contextSize(values.contextSize())
            .batchSize(values.batchSize())
            .threads(values.threads())
            .batchThreads(values.batchThreads())
            .flashAttention(values.flashAttention())
            .kvCacheType(values.kvCacheType())
            .contextShift(values.contextShift())
            .keepTokens(values.keepTokens())
            .reproducible(values.reproducible());
    if (values.microBatchSize() != Builder.defaultMicroBatchSize(values.batchSize())) {
      builder.microBatchSize(values.microBatchSize());
    }
    return builder;
  }

  /**
   * How many prompt and generated tokens the context holds; 0 for the context size that the model
   * was trained with. Rounded up to a multiple of 256. Range [0, 2^31 - 257], default 4096.
   */
  public int contextSize() {
    return values.contextSize();
  }

  /**
   * The maximum number of prompt tokens per native call. Range [1, 2^20], default 2048
   * (llama.cpp's).
   */
  public int batchSize() {
    return values.batchSize();
  }

  /**
   * The maximum number of tokens computed at once. Range [1, batchSize], default 512 (llama.cpp's),
   * or batchSize if that is less.
   */
  public int microBatchSize() {
    return values.microBatchSize();
  }

  /**
   * The number of threads that decode a token. 0 lets the library find the number with which that
   * is fastest, and find it anew when other processes come or go: at most the number of processors
   * of the JVM. {@link StreamStats#threads()} tells it. Range [0, 512], default 0.
   */
  public int threads() {
    return values.threads();
  }

  /**
   * The number of threads that compute several tokens at once, as in a prefill. 0 lets the library
   * choose, as for {@link #threads()}. Range [0, 512], default 0.
   */
  public int batchThreads() {
    return values.batchThreads();
  }

  /** When to use flash attention. Default {@link FlashAttention#AUTO}. */
  public FlashAttention flashAttention() {
    return values.flashAttention();
  }

  /** How the KV cache stores keys and values. Default {@link KvCacheType#F16}. */
  public KvCacheType kvCacheType() {
    return values.kvCacheType();
  }

  /**
   * Whether a full context shifts instead of ending the stream with {@link
   * FinishReason#CONTEXT_FULL}. A shift drops the older half of the tokens that follow the first
   * keepTokens, and the generation continues. If the model's memory cannot shift, the stream ends
   * all the same. Default false.
   */
  public boolean contextShift() {
    return values.contextShift();
  }

  /** How many of the first tokens a context shift keeps. Range [0, 2^31 - 1], default 0. */
  public int keepTokens() {
    return values.keepTokens();
  }

  /**
   * Whether the same request gives the same tokens and bit-identical logits with any number of
   * threads, cold or after prefix reuse. This is slower: it uses no flash attention and no repacked
   * weights ({@link ModelParams#repackWeights()} must be false), and reuses only prefilled tokens.
   * CPU only, no recurrent models, no weights of IQ types. If false, logits vary a little (0.1 to
   * 0.2 on average was measured) with the batch, with the number of threads, and between prefilled
   * and decoded cells: see {@link Context}. Default false.
   */
  public boolean reproducible() {
    return values.reproducible();
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof ContextParams that && values.equals(that.values);
  }

  @Override
  public int hashCode() {
    return values.hashCode();
  }

  @Override
  public String toString() {
    return values.toString().replaceFirst("Values", "Params");
  }

  /** Builds {@link ContextParams}. Not thread-safe. */
  public static final class Builder {
    private static final int DEFAULT_MICRO_BATCH = 512;

    private int contextSize = 4096;
    private int batchSize = 2048;
    private @Nullable Integer microBatchSize;
    private int threads;
    private int batchThreads;
    private FlashAttention flashAttention = FlashAttention.AUTO;
    private KvCacheType kvCacheType = KvCacheType.F16;
    private boolean contextShift;
    private int keepTokens;
    private boolean reproducible;

    private Builder() {}

    private static int defaultMicroBatchSize(int batchSize) {
      return Math.min(DEFAULT_MICRO_BATCH, batchSize);
    }

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
      microBatchSize = value;
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

    /** Checks all values and builds the parameters. */
    public ContextParams build() {
      return new ContextParams(
          new ContextValues(
              contextSize,
              batchSize,
              microBatchSize == null ? defaultMicroBatchSize(batchSize) : microBatchSize,
              threads,
              batchThreads,
              flashAttention,
              kvCacheType,
              contextShift,
              keepTokens,
              reproducible));
    }
  }
}
