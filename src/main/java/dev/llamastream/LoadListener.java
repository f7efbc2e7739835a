package dev.llamastream;

/**
 * Observes the load of a model and may stop it.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface LoadListener {
  /** Never stops a load. */
  LoadListener NONE = fraction -> true;

  /**
   * Called on the loading thread, some hundred times per load. An exception thrown here stops the
   * load and becomes the cause of the {@link ModelLoadException}.
   *
   * @param fraction the fraction loaded so far, 0 to 1
   * @return false to stop the load
   */
  boolean onProgress(float fraction);
}
