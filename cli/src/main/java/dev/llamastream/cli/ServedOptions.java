package dev.llamastream.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that say which models to serve. */
final class ServedOptions {

  @Option(
      names = {"-m", "--model"},
      paramLabel = "<model>[=<alias>]",
      description =
          "A model's name, such as llama3.2:1b, hf:owner/repository or ollama:name:tag, which is"
              + " downloaded on first use; or a file in GGUF format. Requests may also call it by"
              + " its alias; commas separate several. Given several times, each model is"
              + " loaded when a request names it. Default: "
              + DefaultModel.ALIAS)
  private List<String> models = List.of();

  @Option(
      names = "--preset",
      paramLabel = "<file>",
      description = "A file in TOML that lists models with their settings: see docs/serve.md")
  private @Nullable Path preset;

  @Option(
      names = "--memory",
      paramLabel = "<size>",
      converter = SizeConverter.class,
      description =
          "What all models in memory may take together, such as 12G. To make room, the server unloads"
              + " the models that were not used for longest. Default: no limit")
  private @Nullable Long memory;

  @Option(
      names = "--idle-unload",
      paramLabel = "<time>",
      converter = TimeConverter.class,
      description =
          "Unload a model after this time without use, such as 90s, 10m or 2h; at most 24h. 0:"
              + " never, which is the default")
  private @Nullable Duration idleUnload;

  /**
   * All models, those of the options first.
   *
   * @throws IllegalArgumentException if the file or a value makes no sense
   * @throws IOException if the file cannot be read
   */
  Serving read() throws IOException {
    List<ServedName> names = new ArrayList<>(models.stream().map(ServedName::parse).toList());
    Optional<Long> budget = Optional.ofNullable(memory);
    Optional<Duration> idle = Optional.ofNullable(idleUnload);
    if (preset != null) {
      PresetFile file = file(preset);
      names.addAll(file.models());
      budget = budget.or(file::memory);
      idle = idle.or(file::idleUnload);
    }
    return new Serving(names.isEmpty() ? List.of(ServedName.DEFAULT) : names, budget, idle);
  }

  private static PresetFile file(Path path) throws IOException {
    try {
      return PresetFile.read(path);
    } catch (IOException e) {
      throw new IOException("the preset cannot be read: " + e, e);
    }
  }
}
