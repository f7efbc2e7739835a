package dev.llamastream.server;

import static java.util.Objects.requireNonNull;

import dev.llamastream.ModelParams;
import dev.llamastream.engine.EngineParams;
import dev.llamastream.server.internal.models.ModelSpec;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A model that a server loads when a request names it: {@link LlamaServer#start(List,
 * ServerParams)}. Immutable.
 *
 * @since 0.1.0
 */
public final class ModelSource {

  private final ModelSpec spec;
  private final RequestDefaults requestDefaults;

  private ModelSource(ModelSpec spec, RequestDefaults requestDefaults) {
    this.spec = spec;
    this.requestDefaults = requestDefaults;
  }

  /**
   * A builder that starts from the defaults.
   *
   * @param name what requests call the model: 1 to 200 characters. The tag {@code :latest} of
   *     Ollama's names may be there or not
   * @param file the GGUF file; of a model in several files, the first
   */
  public static Builder builder(String name, Path file) {
    return new Builder(name, file);
  }

  /** A builder that starts from these values. */
  public Builder toBuilder() {
    return new Builder(name(), file())
        .aliases(aliases())
        .modelParams(modelParams())
        .engineParams(engineParams())
        .requestDefaults(requestDefaults)
        .memory(memory())
        .embeddingMemory(embeddingMemory());
  }

  ModelSpec spec() {
    return spec;
  }

  /** What requests call the model, and responses too. */
  public String name() {
    return spec.name();
  }

  /** The file to load. */
  public Path file() {
    return spec.file();
  }

  /** Other names that requests may use. Default none. */
  public List<String> aliases() {
    return spec.aliases();
  }

  /** How the model is loaded. Default {@link ModelParams#defaults()}. */
  public ModelParams modelParams() {
    return spec.model();
  }

  /**
   * The model's engine. The server adds its own metrics to the listener. Default {@link
   * EngineParams#defaults()}.
   */
  public EngineParams engineParams() {
    return spec.engine();
  }

  /** The values of fields that a request leaves out. Default {@link RequestDefaults#NONE}. */
  public RequestDefaults requestDefaults() {
    return requestDefaults;
  }

  /**
   * The bytes that the model takes in memory, with its context. 0 for the size of its files, which
   * is too little: {@code MemoryNeed} of the module llamastream-store computes a better value.
   * Range [0, 2^63 - 1], default 0.
   */
  public long memory() {
    return spec.memory();
  }

  /**
   * The bytes of the context for embeddings or scores, which the first request for them opens. It
   * has at most 2048 tokens. Range [0, 2^63 - 1], default 0.
   */
  public long embeddingMemory() {
    return spec.embeddingMemory();
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof ModelSource that && spec.equals(that.spec);
  }

  @Override
  public int hashCode() {
    return spec.hashCode();
  }

  @Override
  public String toString() {
    return "ModelSource[" + name() + ", " + file() + "]";
  }

  /** Builds {@link ModelSource}. Not thread-safe. */
  public static final class Builder {
    private final String name;
    private final Path file;
    private List<String> aliases = List.of();
    private ModelParams modelParams = ModelParams.defaults();
    private EngineParams engineParams = EngineParams.defaults();
    private RequestDefaults requestDefaults = RequestDefaults.NONE;
    private long memory;
    private long embeddingMemory;

    private Builder(String name, Path file) {
      this.name = requireNonNull(name, "name");
      this.file = requireNonNull(file, "file");
    }

    /** See {@link ModelSource#aliases()}. */
    public Builder aliases(List<String> value) {
      aliases = value;
      return this;
    }

    /** See {@link ModelSource#modelParams()}. */
    public Builder modelParams(ModelParams value) {
      modelParams = value;
      return this;
    }

    /** See {@link ModelSource#engineParams()}. */
    public Builder engineParams(EngineParams value) {
      engineParams = value;
      return this;
    }

    /** See {@link ModelSource#requestDefaults()}. */
    public Builder requestDefaults(RequestDefaults value) {
      requestDefaults = value;
      return this;
    }

    /** See {@link ModelSource#memory()}. */
    public Builder memory(long value) {
      memory = value;
      return this;
    }

    /** See {@link ModelSource#embeddingMemory()}. */
    public Builder embeddingMemory(long value) {
      embeddingMemory = value;
      return this;
    }

    /** Validates all values and builds the description. */
    public ModelSource build() {
      requireNonNull(requestDefaults, "requestDefaults");
      return new ModelSource(
          new ModelSpec(
              name,
              aliases,
              file,
              modelParams,
              engineParams,
              requestDefaults.values(),
              memory,
              embeddingMemory),
          requestDefaults);
    }
  }
}
