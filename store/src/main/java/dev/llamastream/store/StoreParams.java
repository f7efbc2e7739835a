package dev.llamastream.store;

import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where a {@link ModelStore} keeps models, and where it gets them. Immutable.
 *
 * @since 0.1.0
 */
public final class StoreParams {

  private final StoreValues values;

  private StoreParams(StoreValues values) {
    this.values = values;
  }

  /**
   * The parameters that this process's environment asks for: {@code HOME}, {@code HF_HOME}, {@code
   * HF_HUB_CACHE}, {@code HF_ENDPOINT}, {@code HF_TOKEN} or the token that {@code hf auth login}
   * has left, {@code HF_HUB_OFFLINE}, {@code OLLAMA_MODELS}, {@code XDG_CACHE_HOME}, {@code
   * XDG_CONFIG_HOME}, {@code XDG_DATA_HOME}.
   *
   * @throws dev.llamastream.InvalidValueException if a variable has a value that makes no sense
   */
  public static StoreParams fromEnvironment() {
    return fromEnvironment(System.getenv(), UserHome.of(System.getenv()));
  }

  static StoreParams fromEnvironment(Map<String, String> environment, Path home) {
    return new StoreEnvironment(environment, home).params();
  }

  /** A builder that starts from {@link #fromEnvironment()}. */
  public static Builder builder() {
    return fromEnvironment().toBuilder();
  }

  /** A builder that starts from these values. */
  public Builder toBuilder() {
    return new Builder(values);
  }

  /**
   * The store's own folder: models from Ollama's registry and from web servers, and when each was
   * last used.
   */
  public Path folder() {
    return values.folder();
  }

  /** Hugging Face's cache: the folder that {@code HF_HUB_CACHE} names. */
  public Path huggingFaceCache() {
    return values.huggingFaceCache();
  }

  /** Ollama's store, which is only read. It may be absent. */
  public Path ollamaFolder() {
    return values.ollamaFolder();
  }

  /** The user's own alias table. It may be absent. */
  public Path aliasFile() {
    return values.aliasFile();
  }

  /** Hugging Face, or a mirror of it. Default {@code https://huggingface.co}. */
  public URI huggingFaceEndpoint() {
    return values.huggingFaceEndpoint();
  }

  /**
   * The token for Hugging Face; empty for none. It is sent to {@link #huggingFaceEndpoint()} only.
   */
  public String huggingFaceToken() {
    return values.huggingFaceToken();
  }

  /** The registry of names without a host. Default {@code https://registry.ollama.ai}. */
  public URI ollamaRegistry() {
    return values.ollamaRegistry();
  }

  /** Whether nothing may be downloaded. Default false. */
  public boolean offline() {
    return values.offline();
  }

  /** The file to take if a name does not say. Default {@link Preference#BALANCED}. */
  public Preference preference() {
    return values.preference();
  }

  /** Whether to pull a model that is larger than this machine's memory. Default false. */
  public boolean anySize() {
    return values.anySize();
  }

  /** The number of connections for a large file. Range [1, 16], default 4. */
  public int connections() {
    return values.connections();
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof StoreParams that && values.equals(that.values);
  }

  @Override
  public int hashCode() {
    return values.hashCode();
  }

  /** All values but the token. */
  @Override
  public String toString() {
    return values.toString().replaceFirst("Values", "Params");
  }

  /** Builds {@link StoreParams}. Not thread-safe. */
  public static final class Builder {
    private Path folder;
    private Path huggingFaceCache;
    private Path ollamaFolder;
    private Path aliasFile;
    private URI huggingFaceEndpoint;
    private String huggingFaceToken;
    private URI ollamaRegistry;
    private boolean offline;
    private Preference preference;
    private boolean anySize;
    private int connections;

    Builder(StoreValues values) {
      folder = values.folder();
      huggingFaceCache = values.huggingFaceCache();
      ollamaFolder = values.ollamaFolder();
      aliasFile = values.aliasFile();
      huggingFaceEndpoint = values.huggingFaceEndpoint();
      huggingFaceToken = values.huggingFaceToken();
      ollamaRegistry = values.ollamaRegistry();
      offline = values.offline();
      preference = values.preference();
      anySize = values.anySize();
      connections = values.connections();
    }

    /** See {@link StoreParams#folder()}. */
    public Builder folder(Path value) {
      folder = value;
      return this;
    }

    /** See {@link StoreParams#huggingFaceCache()}. */
    public Builder huggingFaceCache(Path value) {
      huggingFaceCache = value;
      return this;
    }

    /** See {@link StoreParams#ollamaFolder()}. */
    public Builder ollamaFolder(Path value) {
      ollamaFolder = value;
      return this;
    }

    /** See {@link StoreParams#aliasFile()}. */
    public Builder aliasFile(Path value) {
      aliasFile = value;
      return this;
    }

    /** See {@link StoreParams#huggingFaceEndpoint()}. */
    public Builder huggingFaceEndpoint(URI value) {
      huggingFaceEndpoint = value;
      return this;
    }

    /** See {@link StoreParams#huggingFaceToken()}. */
    public Builder huggingFaceToken(String value) {
      huggingFaceToken = value;
      return this;
    }

    /** See {@link StoreParams#ollamaRegistry()}. */
    public Builder ollamaRegistry(URI value) {
      ollamaRegistry = value;
      return this;
    }

    /** See {@link StoreParams#offline()}. */
    public Builder offline(boolean value) {
      offline = value;
      return this;
    }

    /** See {@link StoreParams#preference()}. */
    public Builder preference(Preference value) {
      preference = value;
      return this;
    }

    /** See {@link StoreParams#anySize()}. */
    public Builder anySize(boolean value) {
      anySize = value;
      return this;
    }

    /** See {@link StoreParams#connections()}. */
    public Builder connections(int value) {
      connections = value;
      return this;
    }

    /** Checks all values and builds the parameters. */
    public StoreParams build() {
      return of(
          new StoreValues(
              folder,
              huggingFaceCache,
              ollamaFolder,
              aliasFile,
              huggingFaceEndpoint,
              huggingFaceToken,
              ollamaRegistry,
              offline,
              preference,
              anySize,
              connections));
    }
  }

  static StoreParams of(StoreValues values) {
    return new StoreParams(values);
  }
}
