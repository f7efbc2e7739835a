package dev.llamastream.spark;

import dev.llamastream.InvalidValueException;
import dev.llamastream.ModelLoadException;
import dev.llamastream.store.ModelStoreException;
import dev.llamastream.store.Models;
import dev.llamastream.store.PullListener;
import java.nio.file.Path;

/** Asks the model store. Apart, as executors without the store's jar cannot load this class. */
final class NamedModel {

  private NamedModel() {}

  /**
   * The file of a model, which is downloaded if it is not there.
   *
   * @param model a name or a path
   * @param host this machine, for messages
   * @throws ModelLoadException if there is none
   */
  static Path path(String model, String host) {
    try {
      return Models.path(model, PullListener.logging());
    } catch (ModelStoreException | InvalidValueException e) {
      throw new ModelLoadException(
          "the setting model: '" + model + "' on " + host + ": " + e.getMessage(), e);
    }
  }
}
