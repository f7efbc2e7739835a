package dev.llamastream;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The parameters for loading a model. Immutable; the defaults are llama.cpp's.
 *
 * @since 0.1.0
 */
public final class ModelParams {

  private static final ModelParams DEFAULTS = builder().build();

  private final ModelValues values;

  private ModelParams(ModelValues values) {
    this.values = values;
  }

  /** The parameters with all defaults. */
  public static ModelParams defaults() {
    return DEFAULTS;
  }

  /** A builder that starts from the defaults. */
  public static Builder builder() {
    return new Builder();
  }

  /** A builder that starts from these values. */
  public Builder toBuilder() {
    return new Builder()
        .gpuLayers(values.gpuLayers())
        .memoryMap(values.memoryMap())
        .memoryLock(values.memoryLock())
        .vocabOnly(values.vocabOnly())
        .checkTensors(values.checkTensors())
        .repackWeights(values.repackWeights())
        .devices(values.devices())
        .mainGpu(values.mainGpu())
        .tensorSplit(values.tensorSplit())
        .progressListener(values.progressListener());
  }

  /**
   * How many layers to offload to GPUs, from the output backwards; -1 for all. No effect without a
   * GPU. Range [-1, 2^31 - 1], default -1.
   */
  public int gpuLayers() {
    return values.gpuLayers();
  }

  /**
   * Whether to map the file instead of reading it. A mapped file loads faster and is shared between
   * processes. Default true.
   */
  public boolean memoryMap() {
    return values.memoryMap();
  }

  /**
   * Whether to keep the model from being swapped out. Needs the operating system's permission.
   * Default false.
   */
  public boolean memoryLock() {
    return values.memoryLock();
  }

  /**
   * Whether to load only the vocabulary and metadata. That is enough for a {@link Tokenizer}, but
   * not for a {@link Context}. Default false.
   */
  public boolean vocabOnly() {
    return values.vocabOnly();
  }

  /** Whether to check the tensors for invalid values, which reads the whole file. Default false. */
  public boolean checkTensors() {
    return values.checkTensors();
  }

  /**
   * Whether the CPU backend may repack weights into a faster layout, if it has one. {@link
   * ContextParams#reproducible()} needs false. Default true.
   */
  public boolean repackWeights() {
    return values.repackWeights();
  }

  /**
   * The devices to use, by name as in {@link NativeInfo#devices()}; empty for all. Default empty.
   */
  public List<String> devices() {
    return values.devices();
  }

  /**
   * The GPU to use if only one is used, as an index into the devices; -1 to split the layers over
   * all devices. Default -1.
   */
  public int mainGpu() {
    return values.mainGpu();
  }

  /**
   * The proportion of the model that each device takes; empty to split in proportion to their
   * memory. Each is a 32-bit floating-point number of at least 0. Default empty.
   */
  public List<Double> tensorSplit() {
    return values.tensorSplit();
  }

  /** Observes the load and may stop it. Default {@link LoadListener#NONE}. */
  public LoadListener progressListener() {
    return values.progressListener();
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof ModelParams that && values.equals(that.values);
  }

  @Override
  public int hashCode() {
    return values.hashCode();
  }

  @Override
  public String toString() {
    return values.toString().replaceFirst("Values", "Params");
  }

  /** Builds {@link ModelParams}. Not thread-safe. */
  public static final class Builder {
    private int gpuLayers = -1;
    private boolean memoryMap = true;
    private boolean memoryLock;
    private boolean vocabOnly;
    private boolean checkTensors;
    private boolean repackWeights = true;
    private List<String> devices = List.of();
    private int mainGpu = -1;
    private List<Double> tensorSplit = List.of();
    private LoadListener progressListener = LoadListener.NONE;

    private Builder() {}

    /** See {@link ModelParams#gpuLayers()}. */
    public Builder gpuLayers(int value) {
      gpuLayers = value;
      return this;
    }

    /** See {@link ModelParams#memoryMap()}. */
    public Builder memoryMap(boolean value) {
      memoryMap = value;
      return this;
    }

    /** See {@link ModelParams#memoryLock()}. */
    public Builder memoryLock(boolean value) {
      memoryLock = value;
      return this;
    }

    /** See {@link ModelParams#vocabOnly()}. */
    public Builder vocabOnly(boolean value) {
      vocabOnly = value;
      return this;
    }

    /** See {@link ModelParams#checkTensors()}. */
    public Builder checkTensors(boolean value) {
      checkTensors = value;
      return this;
    }

    /** See {@link ModelParams#repackWeights()}. */
    public Builder repackWeights(boolean value) {
      repackWeights = value;
      return this;
    }

    /** See {@link ModelParams#devices()}. */
    public Builder devices(List<String> value) {
      devices = value;
      return this;
    }

    /** See {@link ModelParams#mainGpu()}. */
    public Builder mainGpu(int value) {
      mainGpu = value;
      return this;
    }

    /** See {@link ModelParams#tensorSplit()}. */
    public Builder tensorSplit(List<Double> value) {
      tensorSplit = value;
      return this;
    }

    /** See {@link ModelParams#progressListener()}. */
    public Builder progressListener(LoadListener value) {
      progressListener = value;
      return this;
    }

    /** Checks all values and builds the parameters. */
    public ModelParams build() {
      return new ModelParams(
          new ModelValues(
              gpuLayers,
              memoryMap,
              memoryLock,
              vocabOnly,
              checkTensors,
              repackWeights,
              devices,
              mainGpu,
              tensorSplit,
              progressListener));
    }
  }
}
