package dev.llamastream.cli;

import dev.llamastream.SamplerParams;
import dev.llamastream.server.RequestDefaults;
import dev.llamastream.store.GenerationDefaults;
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
