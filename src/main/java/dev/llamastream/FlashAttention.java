package dev.llamastream;

/**
 * When to use flash attention.
 *
 * @since 0.1.0
 */
public enum FlashAttention {
  /** If the model and the device support it. */
  AUTO,
  /** Never. */
  OFF,
  /** Always; opening the context fails if flash attention is not available. */
  ON
}
