package dev.llamastream.internal.ffm;

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
import org.jspecify.annotations.Nullable;

/** A {@code llama_model}, with the contexts and embedders that are open on it. Thread-safe. */
public final class ModelHandle {

  private final MemorySegment model;
  private final Vocab vocab;
  private final Samplers samplers;
  private final ChatTemplates chatTemplates;
  private final Map<String, String> metadata;
  private final ModelKind kind;
  private final Architecture architecture;
  private final ReproducibleCheck reproducibleCheck;
  private final CacheKey cacheKey;
  private final List<ModelFile> files;
  private final String placement;
  private final boolean classifier;
  private final boolean onGpu;

  /** The open contexts and embedders, and how to close each. */
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
    this.chatTemplates = new ChatTemplates(this);
    this.architecture = new Architecture(metadata.getOrDefault("general.architecture", ""));
    this.onGpu = params.gpuLayers() != 0 && Devices.all().stream().anyMatch(Devices::isGpu);
    this.reproducibleCheck =
        new ReproducibleCheck(params.repackWeights(), onGpu, recurrent(), facts.matrixTypes());
    this.cacheKey = facts.cacheKey();
    this.files = facts.files();
    this.classifier = facts.classifier();
    this.placement =
        String.join(
            " ",
            String.valueOf(params.gpuLayers()),
            String.valueOf(params.devices()),
            String.valueOf(params.mainGpu()),
            String.valueOf(params.tensorSplit()),
            String.valueOf(params.repackWeights()));
    this.kind = ModelKind.of(model, params.vocabOnly(), metadata);
  }

  /** The key of the cells that this model computes. */
  public CacheKey cacheKey() {
    return cacheKey;
  }

  /** Its files as they were before they were loaded; empty if that is unknown. */
  public List<ModelFile> files() {
    return files;
  }

  /** Whether it has the tensors of a classifier. */
  boolean hasClassifier() {
    return classifier;
  }

  /** Tells apart how its layers are spread over devices, and how its weights are laid out. */
  public String placement() {
    return placement;
  }

  /** Loads a model from an existing file with these facts. */
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

  /** Controls when the model may be used. Every other method needs a lease. */
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
        .sizeInBytes(sizeInBytes())
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

  /** The model's chat templates. */
  public ChatTemplates chatTemplates() {
    return chatTemplates;
  }

  /** Returns 0 for a model that was loaded with vocabOnly, because it has no layers. */
  private int orZero(ToIntBiFunction<MemorySegment, MemorySegment> call) {
    try (Arena arena = Arena.ofConfined()) {
      int value = call.applyAsInt(model, new NativeError(arena).segment());
      return value == LibLlama.LS_FAILED() ? 0 : value;
    }
  }

  /** The size of all tensors. */
  public long sizeInBytes() {
    return LibLlama.llama_model_size(model);
  }

  /** All scalar metadata of the file as text, unordered. */
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

  /**
   * Calls a function that fills a buffer like snprintf, and repeats the call if the buffer was too
   * small.
   */
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
   * Creates a sampler that has seen the prompt. The caller holds a lease; the sampler is also freed
   * under one.
   *
   * @param chat what the answer obeys; null outside of a chat
   * @param tokens the maximum number of tokens in the stream, including the prompt
   * @param timeout how long this may wait; zero for no limit
   */
  public SamplerHandle newSampler(
      SamplerParams params, @Nullable ChatRules chat, int[] prompt, int tokens, Duration timeout) {
    SamplerHandle sampler = samplers.make(params, chat, tokens, timeout);
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

  /** Whether its memory can drop and share a part of a sequence, as a plain KV cache can. */
  public boolean forgetsInPart() {
    return !recurrent() && LibLlama.llama_model_n_swa(model) == 0;
  }

  /**
   * Whether a part of the model is recurrent: a state that absorbs each token and can drop none.
   */
  public boolean recurrent() {
    return LibLlama.llama_model_is_recurrent(model) || LibLlama.llama_model_is_hybrid(model);
  }

  /** Whether GPUs compute some of its layers. */
  boolean onGpu() {
    return onGpu;
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

  /** The maximum number of positions in a sequence, if the model has only those it has learned. */
  public int learnedPositions() {
    return architecture.hasLearnedPositions()
        ? LibLlama.llama_model_n_ctx_train(model)
        : Integer.MAX_VALUE;
  }

  /**
   * Refuses positions that the model has not learned: looking one up fails an assertion on a worker
   * thread.
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

  /** Closes its contexts and embedders, then frees the model. Any thread, any number of times. */
  public void close() {
    lifetime.close(() -> {});
  }

  private void free() {
    // no other user can open meanwhile, because that takes a lease
    users.values().forEach(Runnable::run);
    leasesGone = true;
    freeIfUnused();
  }

  /**
   * If this thread is inside one of the contexts, that context is freed after its model is closed.
   */
  private synchronized void freeIfUnused() {
    if (!leasesGone || !users.isEmpty() || freed) {
      return;
    }
    freed = true;
    samplers.free();
    chatTemplates.free();
    try (Arena arena = Arena.ofConfined()) {
      NativeError error = new NativeError(arena);
      if (LibLlama.ls_model_free(model, error.segment()) != 0) {
        throw error.generationFailure();
      }
    }
  }
}
