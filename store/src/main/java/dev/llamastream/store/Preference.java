package dev.llamastream.store;

/**
 * Which file of a repository is taken if the name does not say. Each constant lists the
 * quantizations in its order; those in brackets differ in detail only. A file whose name does not
 * say what it is comes before those that are larger than 8 bits or smaller than 4.
 *
 * @since 0.1.0
 */
public enum Preference {
  /** A good answer for its size: Q4_K_M (Q4_K_S, IQ4_XS, Q4_0, Q4_1), Q5_K_M, Q6_K, Q8_0. */
  BALANCED,
  /**
   * The type with the fastest kernels on this machine's processor, see {@link
   * dev.llamastream.CpuKernels#repackedTypes()}: of those Q4_0 (IQ4_NL, Q4_K_S, Q4_K_M), Q5_K_S,
   * Q6_K, Q8_0; then the others in the same order.
   */
  SPEED,
  /** The least loss of quality: Q8_0, Q6_K, BF16, F16, Q5_K_M, Q4_K_M. */
  QUALITY,
  /** The smallest file that still gives sensible text: Q3_K_M (Q3_K_L, IQ3_M), IQ4_XS, Q4_0. */
  MEMORY
}
