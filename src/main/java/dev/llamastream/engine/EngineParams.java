package dev.llamastream.engine;

import static java.util.Objects.requireNonNull;

import dev.llamastream.ContextParams;
import org.jspecify.annotations.Nullable;

/**
 * How to open an engine. Immutable.
 *
 * @since 0.1.0
 */
public final class EngineParams {

  private static final EngineListener NO_LISTENER = new EngineListener() {};
  private static final ContextParams DEFAULT_CONTEXT =
      ContextParams.builder().contextSize(8192).build();
  private static final EngineParams DEFAULTS = builder().build();

  private final EngineValues values;

  private EngineParams(EngineValues values) {
    this.values = values;
  }

  /** All defaults. */
  public static EngineParams defaults() {
    return DEFAULTS;
  }

  /** A builder that starts from the defaults. */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * A builder that starts from these values. A prefill chunk that is the batch size's default stays
   * the default, whatever becomes of the batch size.
   */
  public Builder toBuilder() {
    Builder builder =
        new Builder()
            .slots(values.slots())
            .context(values.context())
            .maxTokensPerStream(values.maxTokensPerStream())
            .queueCapacity(values.queueCapacity())
            .streamBuffer(values.streamBuffer())
            .prefixCache(values.prefixCache())
            .prefixCacheShare(values.prefixCacheShare())
            .listener(values.listener());
    if (values.prefillChunk() != Builder.defaultPrefillChunk(values.context())) {
      builder.prefillChunk(values.prefillChunk());
    }
    return builder;
  }

  /**
   * How many streams are decoded together at most. Range [1, 128], default 8. With a plamo2 model
   * it is 1, whatever this says: llama.cpp spoils what others have.
   */
  public int slots() {
    return values.slots();
  }

  /**
   * The context that all streams have together. Default: {@link ContextParams#defaults()}, but for
   * a contextSize of 8192. In an engine
   *
   * <ul>
   *   <li>{@link ContextParams#contextSize()} is how many tokens of all streams and cached prefixes
   *       the KV cache holds. Rounded up to a multiple of 256 (for each slot, in reproducible
   *       mode). Range [256, 2^31 - 257]
   *   <li>{@link ContextParams#batchSize()} is how many tokens of all streams at most go to one
   *       native call. Range [slots, 2^20]
   *   <li>{@link ContextParams#threads()} is how many threads compute a single token, and {@link
   *       ContextParams#batchThreads()} how many compute several at once, of one stream or of many
   *   <li>{@link ContextParams#contextShift()} must be false: a stream for which there is no more
   *       room ends. {@link ContextParams#keepTokens()} has no effect, as always without it
   *   <li>{@link ContextParams#reproducible()} makes the same request give the same tokens and
   *       bit-identical logits, alone or among others, as on a reproducible {@link
   *       dev.llamastream.Context} of the same micro-batch size. With more than 1 slot it needs
   *       quantized weights: llama.cpp computes floating-point ones (F32, F16, BF16) differently
   *       for one token and for several. Opening refuses what cannot hold
   * </ul>
   */
  public ContextParams context() {
    return values.context();
  }

  /**
   * How many tokens of prompt and generated text one stream may have; 0 for as many as the KV cache
   * holds; never more than the positions that a model has learned, if it looks them up in a table.
   * If that many fit for all slots at once, each slot has its own part of the KV cache, which is
   * faster, but keeps no more prefixes than there are slots. In reproducible mode it always has,
   * and that is the limit. Range [0, 2^31 - 1], default 0.
   */
  public int maxTokensPerStream() {
    return values.maxTokensPerStream();
  }

  /**
   * How many prompt tokens at most are computed between two tokens of the streams that run already:
   * less lets them run more evenly, more begins new streams sooner. In reproducible mode it is the
   * micro-batch. Range [1, the context's batchSize], default 256, or the batchSize if that is less.
   */
  public int prefillChunk() {
    return values.prefillChunk();
  }

  /** How many requests may wait for a slot. Range [1, 2^20], default 256. */
  public int queueCapacity() {
    return values.queueCapacity();
  }

  /**
   * How many tokens of one stream may wait for its consumer before the stream is parked. Range [2,
   * 2^20], default 32.
   */
  public int streamBuffer() {
    return values.streamBuffer();
  }

  /**
   * Whether prompts share the beginnings that they have in common, with each other and with streams
   * that have ended. Default true.
   */
  public boolean prefixCache() {
    return values.prefixCache();
  }

  /** How much of the KV cache the streams that have ended may keep. Range [0, 1], default 0.5. */
  public double prefixCacheShare() {
    return values.prefixCacheShare();
  }

  /** Is told what happens. Default: nobody is. */
  public EngineListener listener() {
    return values.listener();
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof EngineParams that && values.equals(that.values);
  }

  @Override
  public int hashCode() {
    return values.hashCode();
  }

  @Override
  public String toString() {
    return values.toString().replaceFirst("Values", "Params");
  }

  /** Builds {@link EngineParams}. Not thread-safe. */
  public static final class Builder {
    private static final int DEFAULT_PREFILL_CHUNK = 256;

    private int slots = 8;
    private ContextParams context = DEFAULT_CONTEXT;
    private int maxTokensPerStream;
    private @Nullable Integer prefillChunk;
    private int queueCapacity = 256;
    private int streamBuffer = 32;
    private boolean prefixCache = true;
    private double prefixCacheShare = 0.5;
    private EngineListener listener = NO_LISTENER;

    private Builder() {}

    private static int defaultPrefillChunk(ContextParams context) {
      return Math.min(DEFAULT_PREFILL_CHUNK, context.batchSize());
    }

    /** See {@link EngineParams#slots()}. */
    public Builder slots(int value) {
      slots = value;
      return this;
    }

    /** See {@link EngineParams#context()}. */
    public Builder context(ContextParams value) {
      context = value;
      return this;
    }

    /** See {@link EngineParams#maxTokensPerStream()}. */
    public Builder maxTokensPerStream(int value) {
      maxTokensPerStream = value;
      return this;
    }

    /** See {@link EngineParams#prefillChunk()}. */
    public Builder prefillChunk(int value) {
      prefillChunk = value;
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

    /** See {@link EngineParams#listener()}. */
    public Builder listener(EngineListener value) {
      listener = value;
      return this;
    }

    /** Checks everything and builds. */
    public EngineParams build() {
      requireNonNull(context, "context");
      return new EngineParams(
          new EngineValues(
              slots,
              context,
              maxTokensPerStream,
              prefillChunk == null ? defaultPrefillChunk(context) : prefillChunk,
              queueCapacity,
              streamBuffer,
              prefixCache,
              prefixCacheShare,
              listener));
    }
  }
}
