package dev.llamastream.cli;

import dev.llamastream.store.GenerationDefaults;
import java.nio.file.Path;

/**
 * The model that a command uses.
 *
 * @param file the file to load
 * @param name what the user called it; for a file, its name without {@code .gguf}
 * @param defaults what came with it for a generation
 */
record ChosenModel(Path file, String name, GenerationDefaults defaults) {

  static ChosenModel of(Path file) {
    String name = String.valueOf(file.getFileName()).replaceFirst("\\.gguf$", "");
    return new ChosenModel(file, name, GenerationDefaults.NONE);
  }
}
