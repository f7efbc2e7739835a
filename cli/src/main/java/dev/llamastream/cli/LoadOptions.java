package dev.llamastream.cli;

import dev.llamastream.ModelParams;
import dev.llamastream.store.ModelStore;
import java.io.PrintWriter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options of every command that loads models. */
final class LoadOptions {

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
   * Finds a model; downloads it, and shows that, if it is not on this machine.
   *
   * @throws IllegalArgumentException if the name has no valid form
   */
  ChosenModel choose(String name, PrintWriter err) {
    return ChosenModel.named(name, store, err);
  }

  /** Finds the model that is used when none is named, like {@link #choose(String, PrintWriter)}. */
  ChosenModel chooseDefault(PrintWriter err) {
    return DefaultModel.find().orElseGet(() -> choose(DefaultModel.ALIAS, err));
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
