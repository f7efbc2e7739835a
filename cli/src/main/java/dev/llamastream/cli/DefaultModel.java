package dev.llamastream.cli;

import dev.llamastream.store.ModelStore;
import dev.llamastream.store.StoreParams;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** The small model that is used when none is named. */
final class DefaultModel {

  /** Its name in the alias table. */
  static final String ALIAS = "smollm2:135m";

  /** Where the alias leads in Hugging Face's cache: reading the table takes 100 ms. */
  private static final Path CACHED =
      Path.of(
          "models--QuantFactory--SmolLM2-135M-Instruct-GGUF",
          "snapshots",
          "ab810cf68114990406fdf996510dd3d3c6adbdf5",
          "SmolLM2-135M-Instruct.Q4_1.gguf");

  private DefaultModel() {}

  /** The model, if it is on this machine. Notes that it is used. */
  static Optional<ChosenModel> find() {
    Path file = file();
    if (!Files.isRegularFile(file)) {
      return Optional.empty();
    }
    ModelStore.noteUse(StoreParams.fromEnvironment(), file);
    return Optional.of(ChosenModel.of(file));
  }

  /** Where it is, or will be. */
  static Path file() {
    return StoreParams.fromEnvironment().huggingFaceCache().resolve(CACHED);
  }
}
