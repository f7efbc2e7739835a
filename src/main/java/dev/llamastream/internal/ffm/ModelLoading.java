package dev.llamastream.internal.ffm;

import static dev.llamastream.internal.bindings.LibLlama.C_FLOAT;
import static dev.llamastream.internal.bindings.LibLlama.C_POINTER;

import dev.llamastream.InvalidValueException;
import dev.llamastream.ModelLoadException;
import dev.llamastream.ModelParams;
import dev.llamastream.internal.bindings.LibLlama;
import dev.llamastream.internal.bindings.llama_model_params;
import dev.llamastream.internal.bindings.llama_progress_callback;
import dev.llamastream.internal.natives.NativeError;
import dev.llamastream.internal.natives.NativePath;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Loads a {@code llama_model}. */
final class ModelLoading {

  private ModelLoading() {}

  /**
   * Loads a model.
   *
   * @return the model, which the caller frees
   */
  static MemorySegment load(Path path, ModelParams params, NativeError error, Arena arena) {
    Progress progress = new Progress(params);
    MemorySegment model =
        LibLlama.ls_model_load(
            NativePath.allocate(arena, path), toNative(params, progress, arena), error.segment());
    if (model.equals(MemorySegment.NULL)) {
      throw progress.thrown != null
          ? new ModelLoadException(path + ": the progress listener failed", progress.thrown)
          : error.failure(message -> new ModelLoadException(path + ": " + message));
    }
    return model;
  }

  private static MemorySegment toNative(ModelParams params, Progress progress, Arena arena) {
    MemorySegment p = LibLlama.llama_model_default_params(arena);
    llama_model_params.n_gpu_layers(p, params.gpuLayers());
    llama_model_params.load_mode(p, loadMode(params));
    llama_model_params.vocab_only(p, params.vocabOnly());
    llama_model_params.check_tensors(p, params.checkTensors());
    llama_model_params.use_extra_bufts(p, params.repackWeights());
    llama_model_params.progress_callback(
        p, llama_progress_callback.allocate(progress::onProgress, arena));
    List<MemorySegment> devices = devices(params);
    if (!params.devices().isEmpty()) {
      // a list that ends with NULL
      MemorySegment array = arena.allocate(C_POINTER, devices.size() + 1L);
      for (int i = 0; i < devices.size(); i++) {
        array.setAtIndex(C_POINTER, i, devices.get(i));
      }
      llama_model_params.devices(p, array);
    }
    if (params.mainGpu() >= 0) {
      long gpus = devices.stream().filter(Devices::isGpu).count();
      if (params.mainGpu() >= gpus) {
        throw new InvalidValueException(
            "mainGpu",
            String.format(
                Locale.ROOT,
                "%d, must be below the number of GPUs, which is %d",
                params.mainGpu(),
                gpus));
      }
      llama_model_params.split_mode(p, LibLlama.LLAMA_SPLIT_MODE_NONE());
      llama_model_params.main_gpu(p, params.mainGpu());
    }
    if (!params.tensorSplit().isEmpty()) {
      long max = LibLlama.llama_max_devices();
      if (params.tensorSplit().size() > max) {
        throw new InvalidValueException(
            "tensorSplit",
            String.format(
                Locale.ROOT, "%d parts, must be at most %d", params.tensorSplit().size(), max));
      }
      MemorySegment array = arena.allocate(C_FLOAT, max);
      for (int i = 0; i < params.tensorSplit().size(); i++) {
        array.setAtIndex(C_FLOAT, i, params.tensorSplit().get(i).floatValue());
      }
      llama_model_params.tensor_split(p, array);
    }
    return p;
  }

  private static int loadMode(ModelParams params) {
    if (params.memoryLock()) {
      return params.memoryMap()
          ? LibLlama.LLAMA_LOAD_MODE_MMAP_MLOCK()
          : LibLlama.LLAMA_LOAD_MODE_MLOCK();
    }
    return params.memoryMap() ? LibLlama.LLAMA_LOAD_MODE_MMAP() : LibLlama.LLAMA_LOAD_MODE_NONE();
  }

  /** The requested devices, or all. */
  private static List<MemorySegment> devices(ModelParams params) {
    List<MemorySegment> all = Devices.all();
    if (params.devices().isEmpty()) {
      return all;
    }
    return params.devices().stream()
        .map(
            name ->
                all.stream()
                    .filter(device -> Devices.name(device).equals(name))
                    .findFirst()
                    .orElseThrow(
                        () ->
                            new InvalidValueException(
                                "devices",
                                String.format(
                                    Locale.ROOT, "%s, must be among %s", name, Devices.names()))))
        .toList();
  }

  /** The progress listener, which must not throw into native code. */
  private static final class Progress {
    private final ModelParams params;
    private @Nullable Throwable thrown;

    Progress(ModelParams params) {
      this.params = params;
    }

    @SuppressWarnings("CatchThrowable")
    boolean onProgress(float fraction, MemorySegment ignored) {
      try {
        return params.progressListener().onProgress(fraction);
      } catch (Throwable e) {
        thrown = e;
        return false;
      }
    }
  }
}
