package dev.llamastream.internal.ffm;

import dev.llamastream.ChatMessage;
import dev.llamastream.ContextCreationException;
import dev.llamastream.ModelInfo;
import dev.llamastream.ModelParams;
import dev.llamastream.SamplerParams;
import dev.llamastream.internal.bindings.LibLlama;
import dev.llamastream.internal.natives.NativeError;
import dev.llamastream.internal.natives.NativeLibrary;
import dev.llamastream.internal.natives.NativeLog;
import dev.llamastream.internal.prompt.CacheKey;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.ToIntBiFunction;

/** A {@code llama_model} and the contexts and embedders that are open on it. Thread-safe. */
public final class ModelHandle {

  private final MemorySegment model;
  private final Vocab vocab;
  private final Samplers samplers;
  private final Map<String, String> metadata;
  private final ModelKind kind;
  private final Architecture architecture;
  private final ReproducibleCheck reproducibleCheck;
  private final CacheKey cacheKey;

  /** What is open on it, and how to close it. */
  private final Map<Object, Runnable> users = new ConcurrentHashMap<>();

  private final Lifetime lifetime = new Lifetime("the model", false, this::free);
  private volatile boolean leasesGone;
  private boolean freed;

  private ModelHandle(MemorySegment model, ModelParams params, ModelFacts facts) {
    this.model = model;
    this.metadata = readMetadata(model);
    this.vocab =
        new Vocab(
            LibLlama.llama_model_get_vocab(model),
            metadata.getOrDefault("tokenizer.ggml.model", ""),
            this);
    this.samplers = new Samplers(this);
    this.architecture = new Architecture(metadata.getOrDefault("general.architecture", ""));
    this.reproducibleCheck =
        new ReproducibleCheck(
            params.repackWeights(),
            params.gpuLayers() != 0 && Devices.all().stream().anyMatch(Devices::isGpu),
            recurrent(),
            facts.matrixTypes());
    this.cacheKey = facts.cacheKey();
    this.kind = ModelKind.of(model, params.vocabOnly(), metadata);
  }

  /** What cells are computed with by this model. */
  public CacheKey cacheKey() {
    return cacheKey;
  }

  /** Loads a model from a file that exists, and has these facts. */
  public static ModelHandle load(Path path, ModelParams params, ModelFacts facts) {
    NativeLibrary.load();
    try (Arena arena = Arena.ofConfined()) {
      NativeError error = new NativeError(arena);
      MemorySegment model = ModelLoading.load(path, params, error, arena);
      NativeLog.drain();
      boolean owned = false;
      try {
        ModelHandle handle = new ModelHandle(model, params, facts);
        owned = true;
        return handle;
      } finally {
        if (!owned) {
          LibLlama.ls_model_free(model, error.segment());
        }
      }
    }
  }

  /** When the model may be used: every other method wants a lease. */
  public Lifetime lifetime() {
    return lifetime;
  }

  MemorySegment segment() {
    return model;
  }

  /** The vocabulary, usable as long as the model. */
  public Vocab vocab() {
    return vocab;
  }

  ModelKind kind() {
    return kind;
  }

  void opened(ContextHandle context) {
    opened(context, context::close);
  }

  void opened(Object user, Runnable close) {
    users.put(user, close);
  }

  void freed(Object user) {
    users.remove(user);
    freeIfUnused();
  }

  /** Describes the model. */
  public ModelInfo info() {
    MemorySegment template = LibLlama.llama_model_chat_template(model, MemorySegment.NULL);
    return ModelInfo.builder()
        .description(string((buffer, size) -> LibLlama.llama_model_desc(model, buffer, size)))
        .architecture(metadata.getOrDefault("general.architecture", ""))
        .name(metadata.getOrDefault("general.name", ""))
        .parameters(LibLlama.llama_model_n_params(model))
        .sizeInBytes(LibLlama.llama_model_size(model))
        .vocabularySize(vocab.size())
        .trainedContextSize(LibLlama.llama_model_n_ctx_train(model))
        .embeddingSize(LibLlama.llama_model_n_embd(model))
        .layers(LibLlama.llama_model_n_layer(model))
        .heads(orZero(LibLlama::ls_model_n_head))
        .kvHeads(orZero(LibLlama::ls_model_n_head_kv))
        .canGenerate(kind.generates())
        .chatTemplate(template.equals(MemorySegment.NULL) ? "" : template.getString(0))
        .build();
  }

  /**
   * Messages as the prompt of the model's chat template.
   *
   * @throws dev.llamastream.ChatTemplateException if it has none, or one that llama.cpp does not
   *     know
   */
  public String applyChatTemplate(List<ChatMessage> messages, boolean addGenerationPrompt) {
    return ChatTemplate.apply(
        LibLlama.llama_model_chat_template(model, MemorySegment.NULL),
        messages,
        addGenerationPrompt);
  }

  /** What a model without layers, loaded with vocabOnly, does not have. */
  private int orZero(ToIntBiFunction<MemorySegment, MemorySegment> call) {
    try (Arena arena = Arena.ofConfined()) {
      int value = call.applyAsInt(model, new NativeError(arena).segment());
      return value == LibLlama.LS_FAILED() ? 0 : value;
    }
  }

  /** All scalar metadata of the file, as text, in no order. */
  public Map<String, String> metadata() {
    return metadata;
  }

  private static Map<String, String> readMetadata(MemorySegment model) {
    Map<String, String> metadata = new HashMap<>();
    int count = LibLlama.llama_model_meta_count(model);
    for (int i = 0; i < count; i++) {
      int index = i;
      metadata.put(
          string((buf, size) -> LibLlama.llama_model_meta_key_by_index(model, index, buf, size)),
          string(
              (buf, size) -> LibLlama.llama_model_meta_val_str_by_index(model, index, buf, size)));
    }
    return Collections.unmodifiableMap(metadata);
  }

  /** Calls what fills a buffer like snprintf, again if the first buffer was too small. */
  private static String string(ToIntBiFunction<MemorySegment, Long> fill) {
    try (Arena arena = Arena.ofConfined()) {
      long size = 256;
      MemorySegment buffer = arena.allocate(size);
      long length = fill.applyAsInt(buffer, size);
      if (length >= size) {
        buffer = arena.allocate(length + 1);
        length = fill.applyAsInt(buffer, length + 1);
      }
      return length < 0 ? "" : buffer.getString(0);
    }
  }

  /**
   * Makes a sampler that has seen the prompt, for whoever holds a lease, and frees it under one.
   *
   * @param tokens how many the stream may have at most, with the prompt
   * @param timeout how long this may wait; zero for no limit
   */
  public SamplerHandle newSampler(
      SamplerParams params, int[] prompt, int tokens, Duration timeout) {
    SamplerHandle sampler = samplers.make(params, tokens, timeout);
    boolean done = false;
    try {
      sampler.acceptPrompt(prompt);
      done = true;
      return sampler;
    } finally {
      if (!done) {
        sampler.free();
      }
    }
  }

  /** Whether its memory can forget a part of a sequence and share one, as a plain KV cache can. */
  public boolean forgetsInPart() {
    return !recurrent() && LibLlama.llama_model_n_swa(model) == 0;
  }

  /** Whether a part of it is recurrent: a state that takes in each token and can forget none. */
  public boolean recurrent() {
    return LibLlama.llama_model_is_recurrent(model) || LibLlama.llama_model_is_hybrid(model);
  }

  ReproducibleCheck reproducibleCheck() {
    return reproducibleCheck;
  }

  Architecture architecture() {
    return architecture;
  }

  /** Whether sequences can be computed together. */
  public boolean batchesSequences() {
    return !architecture.computesSequencesAlone();
  }

  /** How many positions a sequence may have at most: those that the model has learned, if so. */
  public int learnedPositions() {
    return architecture.hasLearnedPositions()
        ? LibLlama.llama_model_n_ctx_train(model)
        : Integer.MAX_VALUE;
  }

  /**
   * Refuses positions that the model has not learned: a look at one of them asserts on a worker.
   */
  void checkPositions(int contextSize) {
    int learned = learnedPositions();
    int wanted = contextSize == 0 ? LibLlama.llama_model_n_ctx_train(model) : contextSize;
    // libllama rounds up to a multiple of 256
    if (wanted > learned - learned % 256) {
      throw new ContextCreationException(
          String.format(
              Locale.ROOT,
              "contextSize: %d, must be in [1, %d]: this model has learned no more positions",
              wanted,
              learned - learned % 256));
    }
  }

  /** Closes what is open on it, then frees the model. Any thread, any number of times. */
  public void close() {
    lifetime.close(() -> {});
  }

  private void free() {
    // nobody can open another: that takes a lease
    users.values().forEach(Runnable::run);
    leasesGone = true;
    freeIfUnused();
  }

  /** A context that this very thread is inside of is freed later than its model is closed. */
  private synchronized void freeIfUnused() {
    if (!leasesGone || !users.isEmpty() || freed) {
      return;
    }
    freed = true;
    samplers.free();
    try (Arena arena = Arena.ofConfined()) {
      NativeError error = new NativeError(arena);
      if (LibLlama.ls_model_free(model, error.segment()) != 0) {
        throw error.generationFailure();
      }
    }
  }
}
