package dev.llamastream.cli;

import dev.llamastream.SamplerParams;
import dev.llamastream.cli.display.PullDisplay;
import dev.llamastream.server.RequestDefaults;
import dev.llamastream.store.GenerationDefaults;
import dev.llamastream.store.ModelName;
import dev.llamastream.store.ModelName.LocalFile;
import dev.llamastream.store.StoredModel;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The model that a command uses.
 *
 * @param file the file to load
 * @param name what the user called it; for a file, its name without {@code .gguf}
 * @param defaults what came with it for a generation. Its context size is not used: makers of
 *     models recommend what fits their machines, and a large context takes more memory than this
 *     one may have. {@code --context-size} asks for it
 */
record ChosenModel(Path file, String name, GenerationDefaults defaults) {

  /**
   * Finds a model; downloads it, and shows that, if it is not on this machine.
   *
   * @throws IllegalArgumentException if the name has no valid form
   */
  static ChosenModel named(String name, StoreOptions store, PrintWriter err) {
    // a file needs no store, which would take milliseconds of every start
    if (ModelName.parse(name) instanceof LocalFile file && Files.exists(file.path())) {
      return of(file.path());
    }
    try (Interruption interruption = new Interruption().install();
        PullDisplay display =
            new PullDisplay(err, StandardInput.isTerminal(), interruption::requested)) {
      StoredModel stored = store.store().get(name, display);
      return new ChosenModel(stored.path(), name, stored.defaults());
    }
  }

  static ChosenModel of(Path file) {
    String name = String.valueOf(file.getFileName()).replaceFirst("\\.gguf$", "");
    return new ChosenModel(file, name, GenerationDefaults.NONE);
  }

  /** What came with it, for requests to a server. */
  RequestDefaults requestDefaults() {
    return RequestDefaults.builder()
        .sampler(defaults.sampler(SamplerParams.defaults()))
        .stopSequences(defaults.stopSequences())
        .maxTokens(defaults.maxTokens().orElse(RequestDefaults.NONE.maxTokens()))
        .systemMessage(defaults.systemMessage())
        .chatTemplate(defaults.chatTemplate())
        .build();
  }
}
