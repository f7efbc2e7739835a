package dev.llamastream.store;

/**
 * Which file of a repository is taken if the name does not say.
 *
 * @since 0.1.0
 */
public enum Preference {
  /** A good answer for its size: Q4_K_M first. */
  BALANCED,
  /** The type with the fastest kernels on this machine's processor. */
  SPEED,
  /** The least loss of quality: Q8_0 first. */
  QUALITY,
  /** The smallest file that still gives sensible text: Q3_K_M first. */
  MEMORY
}
