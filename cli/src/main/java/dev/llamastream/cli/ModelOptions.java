package dev.llamastream.cli;

import dev.llamastream.ModelParams;
import java.io.PrintWriter;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options of every command that runs one model. */
final class ModelOptions {

  @Option(
      names = {"-m", "--model"},
      paramLabel = "<model>",
      description =
          "A model's name, such as llama3.2:1b, hf:owner/repository or ollama:name:tag, which is"
              + " downloaded on first use; or a file in GGUF format. Default: "
              + DefaultModel.ALIAS)
  private @Nullable String model;

  @Mixin private LoadOptions load = new LoadOptions();

  /**
   * Finds the model; downloads it, and shows that, if it is not on this machine.
   *
   * @throws IllegalArgumentException if the name has no valid form
   */
  ChosenModel choose(PrintWriter err) {
    return model == null ? load.chooseDefault(err) : load.choose(model, err);
  }

  int threads() {
    return load.threads();
  }

  ModelParams.Builder params() {
    return load.params();
  }

  /** Shows llama.cpp's log if requested. */
  void showLog(PrintWriter err) {
    load.showLog(err);
  }
}
