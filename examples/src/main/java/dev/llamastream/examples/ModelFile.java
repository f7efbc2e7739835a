package dev.llamastream.examples;

import dev.llamastream.store.Models;
import dev.llamastream.store.PullListener;
import java.nio.file.Path;

/** Selects the model of an example. */
final class ModelFile {

  private ModelFile() {}

  /** The model that the first argument names; without it, a small one, downloaded on first use. */
  static Path of(String... args) {
    String name = args.length > 0 ? args[0] : "smollm2:135m";
    return Models.path(name, PullListener.logging());
  }
}
