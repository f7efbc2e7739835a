package dev.llamastream;

/**
 * How the KV cache stores its keys and values. The quantized types (all but the first three) need
 * flash attention and a head size that is a multiple of their block size, 32.
 *
 * @since 0.1.0
 */
public enum KvCacheType {
  /** 32-bit float. */
  F32,
  /** 16-bit float, the default. */
  F16,
  /** bfloat16. */
  BF16,
  /** 8 bits, about half of F16's memory. */
  Q8_0,
  /** 5 bits with an offset. */
  Q5_1,
  /** 5 bits. */
  Q5_0,
  /** 4 bits with an offset. */
  Q4_1,
  /** 4 bits, about a quarter of F16's memory. */
  Q4_0,
  /** 4 bits, non-linear. */
  IQ4_NL;

  /** Whether this type is quantized. */
  public boolean quantized() {
    return compareTo(BF16) > 0;
  }
}
