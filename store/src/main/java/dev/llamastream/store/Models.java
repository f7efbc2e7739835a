package dev.llamastream.store;

import dev.llamastream.Model;
import dev.llamastream.ModelParams;
import java.nio.file.Path;

/**
 * Models by name, with the store that this process's environment asks for: {@link
 * StoreParams#fromEnvironment()}. Thread-safe.
 *
 * {@snippet :
 * try (Model model = Models.open("llama3.2:1b", PullListener.NONE)) {
 *   System.out.println(model.info());
 * }
 * }
 *
 * @since 0.1.0
 */
public final class Models {

  private Models() {}

  /**
   * Opens a model, and downloads it before if it is not on this machine.
   *
   * @param name as {@link ModelName} describes
   * @throws ModelStoreException if there is no such model, or it cannot be downloaded
   * @throws dev.llamastream.ModelLoadException if it cannot be loaded
   * @throws dev.llamastream.InvalidValueException if the name has no valid form
   */
  public static Model open(String name, PullListener listener) {
    return open(name, ModelParams.defaults(), listener);
  }

  /** Opens a model with these parameters, as {@link #open(String, PullListener)}. */
  public static Model open(String name, ModelParams params, PullListener listener) {
    return Model.load(path(name, listener), params);
  }

  /**
   * The file to load for a name; downloads the model if it is not on this machine.
   *
   * @param name as {@link ModelName} describes
   * @throws ModelStoreException if there is no such model, or it cannot be downloaded
   * @throws dev.llamastream.InvalidValueException if the name has no valid form
   */
  public static Path path(String name, PullListener listener) {
    return ModelStore.open(StoreParams.fromEnvironment()).get(name, listener).path();
  }
}
