package dev.llamastream.cli;

import dev.llamastream.ModelParams;
import dev.llamastream.store.ModelStore;
import java.io.PrintWriter;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options of every command that runs a model. */
final class ModelOptions {

  @Option(
      names = {"-m", "--model"},
      paramLabel = "<model>",
      description =
          "A model's name, such as llama3.2:1b, hf:owner/repository or ollama:name:tag, which is"
              + " downloaded on first use; or a file in GGUF format. Default: "
              + DefaultModel.ALIAS)
  private @Nullable String model;

  @Mixin private StoreOptions store = new StoreOptions();

  @Option(
      names = {"-t", "--threads"},
      paramLabel = "<n>",
      description = "Threads that compute; 0: the library's choice. Default: ${DEFAULT-VALUE}")
  private int threads;

  @Option(
      names = "--gpu-layers",
      paramLabel = "<n>",
      description = "Layers to offload to GPUs; -1 for all. Default: ${DEFAULT-VALUE}")
  private int gpuLayers = ModelParams.defaults().gpuLayers();

  @Option(names = "--verbose", description = "Show llama.cpp's log, and where an error came from")
  private boolean verbose;

  /**
   * Finds the model; downloads it, and shows that, if it is not on this machine.
   *
   * @throws IllegalArgumentException if the name has no valid form
   */
  ChosenModel choose(PrintWriter err) {
    if (model == null) {
      return DefaultModel.find().orElseGet(() -> ChosenModel.named(DefaultModel.ALIAS, store, err));
    }
    return ChosenModel.named(model, store, err);
  }

  /** Where models are looked for. */
  ModelStore store() {
    return store.store();
  }

  int threads() {
    return threads;
  }

  ModelParams.Builder params() {
    return ModelParams.builder().gpuLayers(gpuLayers);
  }

  /** Shows llama.cpp's log if requested. */
  void showLog(PrintWriter err) {
    if (verbose) {
      NativeLog.show(err);
    }
  }
}
