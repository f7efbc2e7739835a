package dev.llamastream;

/**
 * Observes a quantization and may stop it.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface QuantizeListener {
  /** Never stops a quantization. */
  QuantizeListener NONE = fraction -> true;

  /**
   * Called on the quantizing thread before each tensor, and with 1 when the whole file is written
   * but does not have its name yet. An exception thrown here stops the quantization and becomes the
   * cause of the {@link QuantizationException}.
   *
   * @param fraction the fraction of the weights that is done, 0 to 1
   * @return false to stop the quantization
   */
  boolean onProgress(float fraction);
}
