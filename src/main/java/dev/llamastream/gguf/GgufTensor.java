package dev.llamastream.gguf;

import java.util.List;

/**
 * An entry of the tensor table. Immutable.
 *
 * @param name the name, at most 63 bytes
 * @param type how the elements are stored
 * @param dimensions the number of elements in each direction, the fastest varying first; at most
 *     four, and none for a single number
 * @param offset the offset of its data in bytes from the beginning of the file
 * @since 0.1.0
 */
public record GgufTensor(String name, GgmlType type, List<Long> dimensions, long offset) {

  public GgufTensor {
    dimensions = List.copyOf(dimensions);
  }

  /** The number of elements. */
  public long elements() {
    long elements = 1;
    for (long dimension : dimensions) {
      elements = Math.multiplyExact(elements, dimension);
    }
    return elements;
  }

  /** The size of its data in bytes. */
  public long sizeInBytes() {
    return Math.multiplyExact(elements() / type.blockSize(), type.bytesPerBlock());
  }
}
