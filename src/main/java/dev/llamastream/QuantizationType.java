package dev.llamastream;

import dev.llamastream.gguf.GgmlType;

/**
 * How a quantized file stores its matrices, with llama.cpp's names, from the largest file to the
 * smallest. A type whose name ends in {@code S}, {@code M} or {@code L} stores some matrices with
 * more bits than others.
 *
 * <p>A matrix whose rows do not consist of whole blocks of {@link #tensorType()} is stored as
 * another type: the types with {@code K} in their names and {@link #IQ4_XS} need rows of a multiple
 * of 256 elements, the others of 32. Vectors stay as they are.
 *
 * <p>The types IQ1, IQ2 and IQ3 are missing. Most of them need an importance matrix, which this
 * library does not read. Without one, all of them lose too much.
 *
 * @since 0.1.0
 */
public enum QuantizationType {
  /** Half precision, not quantized: 16 bits for each weight. */
  F16(1, GgmlType.F16),
  /** The bfloat16 format, not quantized: 16 bits for each weight. */
  BF16(32, GgmlType.BF16),
  /** 8.5 bits for each weight. Hardly anything is lost. */
  Q8_0(7, GgmlType.Q8_0),
  /** About 6.6 bits for each weight. */
  Q6_K(18, GgmlType.Q6_K),
  /** 6 bits for each weight. */
  Q5_1(9, GgmlType.Q5_1),
  /** About 5.7 bits for each weight. */
  Q5_K_M(17, GgmlType.Q5_K),
  /** About 5.5 bits for each weight. */
  Q5_K_S(16, GgmlType.Q5_K),
  /** 5.5 bits for each weight. */
  Q5_0(8, GgmlType.Q5_0),
  /** 5 bits for each weight. */
  Q4_1(3, GgmlType.Q4_1),
  /** About 4.8 bits for each weight. */
  Q4_K_M(15, GgmlType.Q4_K),
  /** About 4.6 bits for each weight. */
  Q4_K_S(14, GgmlType.Q4_K),
  /** 4.5 bits for each weight, not evenly spaced. */
  IQ4_NL(25, GgmlType.IQ4_NL),
  /** 4.5 bits for each weight. */
  Q4_0(2, GgmlType.Q4_0),
  /** About 4.3 bits for each weight, not evenly spaced. */
  IQ4_XS(30, GgmlType.IQ4_XS),
  /** About 4.3 bits for each weight. */
  Q3_K_L(13, GgmlType.Q3_K),
  /** About 3.9 bits for each weight. */
  Q3_K_M(12, GgmlType.Q3_K),
  /** About 3.5 bits for each weight. */
  Q3_K_S(11, GgmlType.Q3_K),
  /** About 3.2 bits for each weight. Much is lost. */
  Q2_K(10, GgmlType.Q2_K);

  private final int fileType;
  private final GgmlType tensorType;

  QuantizationType(int fileType, GgmlType tensorType) {
    this.fileType = fileType;
    this.tensorType = tensorType;
  }

  /** llama.cpp's number: {@code enum llama_ftype}. */
  int fileType() {
    return fileType;
  }

  /** How most matrices are stored. */
  public GgmlType tensorType() {
    return tensorType;
  }
}
