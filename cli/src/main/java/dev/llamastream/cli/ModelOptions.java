package dev.llamastream.cli;

import dev.llamastream.ModelParams;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of every command that runs a model. */
final class ModelOptions {

  @Option(
      names = {"-m", "--model"},
      paramLabel = "<file>",
      description = "A model in GGUF format. Default: SmolLM2-135M-Instruct, fetched on first use")
  private @Nullable Path model;

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

  /** The model's file; downloads the default model if none is given. */
  Path file() throws IOException, InterruptedException {
    return model == null ? DefaultModel.get() : model;
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
