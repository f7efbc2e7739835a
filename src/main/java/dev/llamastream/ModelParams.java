package dev.llamastream;

import static java.util.Objects.requireNonNull;

import dev.llamastream.internal.Check;
import java.util.List;

/**
 * How to load a model. Immutable; the defaults are llama.cpp's.
 *
 * @param gpuLayers how many layers to offload to GPUs, from the output backwards; -1 for all.
 *     Without a GPU it has no effect. Range [-1, 2^31 - 1], default -1
 * @param memoryMap map the file instead of reading it: faster to load, shared between processes.
 *     Default true
 * @param memoryLock keep the model from being swapped out; needs the operating system's permission.
 *     Default false
 * @param vocabOnly load only the vocabulary and metadata: enough for a {@link Tokenizer}, no {@link
 *     Context} can be opened. Default false
 * @param checkTensors look for invalid values in the tensors, which reads the whole file. Default
 *     false
 * @param repackWeights let the CPU backend repack weights into a faster layout where it has one.
 *     {@link ContextParams#reproducible()} needs false. Default true
 * @param devices the devices to use, by name as in {@link NativeInfo#devices()}; empty for all
 * @param mainGpu the one GPU to use, as an index into the devices; -1 to split the layers over all.
 *     Default -1
 * @param tensorSplit what proportion of the model each device takes; empty for in proportion to
 *     their memory. Each finite and at least 0
 * @param progressListener follows the load and may stop it
 */
public record ModelParams(
    int gpuLayers,
    boolean memoryMap,
    boolean memoryLock,
    boolean vocabOnly,
    boolean checkTensors,
    boolean repackWeights,
    List<String> devices,
    int mainGpu,
    List<Float> tensorSplit,
    LoadListener progressListener) {

  private static final ModelParams DEFAULTS = builder().build();

  /** Checks the ranges and copies the lists. */
  public ModelParams {
    Check.range("gpuLayers", gpuLayers, -1, Integer.MAX_VALUE);
    Check.range("mainGpu", mainGpu, -1, Integer.MAX_VALUE);
    devices = Check.listOf("devices", devices);
    tensorSplit = Check.listOf("tensorSplit", tensorSplit);
    for (float part : tensorSplit) {
      Check.range("tensorSplit", part, 0, Float.MAX_VALUE);
    }
    requireNonNull(progressListener, "progressListener");
  }

  /** All defaults. */
  public static ModelParams defaults() {
    return DEFAULTS;
  }

  /** A builder that starts from the defaults. */
  public static Builder builder() {
    return new Builder();
  }

  /** The same with another listener. */
  ModelParams withProgressListener(LoadListener listener) {
    return new ModelParams(
        gpuLayers,
        memoryMap,
        memoryLock,
        vocabOnly,
        checkTensors,
        repackWeights,
        devices,
        mainGpu,
        tensorSplit,
        listener);
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
    private List<Float> tensorSplit = List.of();
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
    public Builder tensorSplit(List<Float> value) {
      tensorSplit = value;
      return this;
    }

    /** See {@link ModelParams#progressListener()}. */
    public Builder progressListener(LoadListener value) {
      progressListener = value;
      return this;
    }

    /** Checks everything and builds. */
    public ModelParams build() {
      return new ModelParams(
          gpuLayers,
          memoryMap,
          memoryLock,
          vocabOnly,
          checkTensors,
          repackWeights,
          devices,
          mainGpu,
          tensorSplit,
          progressListener);
    }
  }
}
