package dev.llamastream.engine;

import static java.util.Objects.requireNonNull;

import dev.llamastream.ContextParams;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The parameters for opening an engine. Immutable.
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

  /** The parameters with all defaults. */
  public static EngineParams defaults() {
    return DEFAULTS;
  }

  /** A builder that starts from the defaults. */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * A builder that starts from these values. If the prefill chunk is the default for the batch
   * size, it keeps following the batch size.
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
    builder.prefixStore = values.prefixStore();
    return builder;
  }

  /**
   * The maximum number of streams decoded together. Range [1, 128], default 8. With a plamo2 model
   * it is always 1: llama.cpp would corrupt the state of other streams.
   */
  public int slots() {
    return values.slots();
  }

  /**
   * The parameters of the context that all streams share. Default: {@link ContextParams#defaults()}
   * with a contextSize of 8192. In an engine
   *
   * <ul>
   *   <li>{@link ContextParams#contextSize()} is how many tokens the KV cache holds, for all
   *       streams and cached prefixes together. Rounded up to a multiple of 256 (for each slot, in
   *       reproducible mode). Range [256, 2^31 - 257]
   *   <li>{@link ContextParams#batchSize()} is the maximum number of tokens per native call, for
   *       all streams together. Range [slots, 2^20]
   *   <li>{@link ContextParams#threads()} is how many threads compute a single token. {@link
   *       ContextParams#batchThreads()} is how many compute several tokens at once, of one stream
   *       or of many
   *   <li>{@link ContextParams#contextShift()} must be false: a stream that runs out of room ends.
   *       {@link ContextParams#keepTokens()} therefore has no effect
   *   <li>{@link ContextParams#reproducible()} makes the same request give the same tokens and
   *       bit-identical logits, alone or among others. They equal those of a reproducible {@link
   *       dev.llamastream.Context} with the same micro-batch size. With more than 1 slot it needs
   *       quantized weights: llama.cpp computes floating-point weights (F32, F16, BF16) differently
   *       for one token and for several. Opening fails if the guarantee cannot be kept
   * </ul>
   */
  public ContextParams context() {
    return values.context();
  }

  /**
   * The maximum number of prompt and generated tokens in one stream; 0 for as many as the KV cache
   * holds. A model that looks positions up in a table limits it to the positions it has learned. If
   * streams of this size fit into all slots at once, each slot has its own part of the KV cache.
   * That is faster, but keeps no more prefixes than there are slots. In reproducible mode each slot
   * always has its own part, whose size is then the limit. Range [0, 2^31 - 1], default 0.
   */
  public int maxTokensPerStream() {
    return values.maxTokensPerStream();
  }

  /**
   * The maximum number of prompt tokens computed between two tokens of the running streams. A
   * smaller value makes running streams more even, a larger one starts new streams sooner. In
   * reproducible mode it is the micro-batch size. Range [1, the context's batchSize], default 256,
   * or the batchSize if that is less.
   */
  public int prefillChunk() {
    return values.prefillChunk();
  }

  /** How many requests may wait for a slot. Range [1, 2^20], default 256. */
  public int queueCapacity() {
    return values.queueCapacity();
  }

  /**
   * How many tokens of a stream may wait for its consumer before the engine parks the stream. Range
   * [2, 2^20], default 32.
   */
  public int streamBuffer() {
    return values.streamBuffer();
  }

  /** Whether prompts reuse common prefixes, of each other and of ended streams. Default true. */
  public boolean prefixCache() {
    return values.prefixCache();
  }

  /** The share of the KV cache that ended streams may keep. Range [0, 1], default 0.5. */
  public double prefixCacheShare() {
    return values.prefixCacheShare();
  }

  /**
   * Where what ended streams leave in the prefix cache is stored, so that it survives a restart. A
   * prompt then loads the longest stored prefix instead of computing it. Default: nowhere.
   *
   * <ul>
   *   <li>What is loaded gives the results that the prefix cache gives: in reproducible mode, the
   *       same bits.
   *   <li>A prefix is only used with the same model (all bytes of its files), llama.cpp, machine
   *       features and devices, KV cache type, flash attention, size and layout of the KV cache. In
   *       reproducible mode also with the same micro-batch size and threads. Change one of them,
   *       and the others' prefixes stay until they are the least recently used.
   *   <li>Prefixes of fewer than 64 tokens are not stored, nor those that are stored already but
   *       for an eighth. Nor are states of more than 1 GiB: at most so much memory waits to be
   *       written, and as much to be loaded.
   *   <li>If the files have more than {@link PrefixStore#maxBytes()}, the least recently used are
   *       removed. Files that are damaged are removed, too. Files with other names stay.
   *   <li>Several processes may use a folder at the same time. Their limits must be equal.
   *   <li>The files contain prompts and answers as tokens, not encrypted. The folder, if it is
   *       created, and its files are accessible to this user only, where the file system knows
   *       users.
   *   <li>The engine's thread never waits for the disk. {@link Engine#streamWithStats} does, up to
   *       10 s and never longer than the request's timeout. Opening the engine waits up to 2 s;
   *       until the hash of the model's files is known, which takes some seconds for each 5 GB the
   *       first time, nothing is stored or loaded. Closing it waits up to 5 s for what is not
   *       written yet.
   *   <li>If the folder cannot be used, the log says so, and the engine works without it.
   *   <li>Models whose memory cannot forget in part (recurrent, hybrid, sliding window) have no
   *       prefix cache, and store nothing.
   * </ul>
   */
  public Optional<PrefixStore> prefixStore() {
    return values.prefixStore();
  }

  /** Receives the engine's events. Default: a listener that ignores them. */
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
    private Optional<PrefixStore> prefixStore = Optional.empty();
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

    /**
     * See {@link EngineParams#prefixStore()}. Needs {@link EngineParams#prefixCache()}.
     *
     * @param folder is created if it does not exist
     * @param maxBytes the maximum size of all files together. Range [1, 2^63 - 1]
     * @throws dev.llamastream.InvalidValueException if the size is out of its range
     */
    public Builder prefixStore(Path folder, long maxBytes) {
      prefixStore = Optional.of(new PrefixStore(folder, maxBytes));
      return this;
    }

    /** See {@link EngineParams#listener()}. */
    public Builder listener(EngineListener value) {
      listener = value;
      return this;
    }

    /** Checks all values and builds the parameters. */
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
              prefixStore,
              listener));
    }
  }
}
