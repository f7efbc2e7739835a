package dev.llamastream;

/**
 * Follows the load of a model and may stop it.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface LoadListener {
  /** Lets every load go on. */
  LoadListener NONE = fraction -> true;

  /**
   * Called on the loading thread, some hundred times in a load. An exception from here stops the
   * load and becomes the cause of the {@link ModelLoadException}.
   *
   * @param fraction how much is loaded, 0 to 1
   * @return false to stop the load
   */
  boolean onProgress(float fraction);
}
