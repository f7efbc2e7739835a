package dev.llamastream.examples;

import java.nio.file.Files;
import java.nio.file.Path;

/** Selects the model of an example. */
final class ModelFile {

  private static final Path DEFAULT = Path.of("models", "SmolLM2-135M-Instruct.Q4_1.gguf");

  private ModelFile() {}

  /** The first argument; without it, the model that {@code models/fetch.sh} downloads. */
  static Path of(String... args) {
    if (args.length > 0) {
      return Path.of(args[0]);
    }
    if (!Files.exists(DEFAULT)) {
      System.err.println(DEFAULT + " is missing. Get it with: models/fetch.sh");
      System.exit(1);
    }
    return DEFAULT;
  }
}
