package dev.llamastream.gguf;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A metadata value that is an array of values of one type. Immutable.
 *
 * <p>The array keeps the elements as they are encoded in the file, so that a vocabulary takes
 * little more memory than its bytes. {@link #get} creates a new object each time.
 *
 * @since 0.1.0
 */
public final class GgufArray implements GgufValue {

  private final GgufType elementType;
  private final int size;

  /**
   * The elements, little-endian; texts are stored one after the other. Not used for arrays of
   * arrays.
   */
  private final ByteBuffer data;

  /** Where each text ends in the data. */
  private final int[] ends;

  /** The elements of an array of arrays. */
  private final List<GgufArray> arrays;

  private GgufArray(
      GgufType elementType, int size, byte[] data, int[] ends, List<GgufArray> arrays) {
    this.elementType = elementType;
    this.size = size;
    this.data = ByteBuffer.wrap(data).order(ByteOrder.LITTLE_ENDIAN);
    this.ends = ends;
    this.arrays = arrays;
  }

  static GgufArray ofNumbers(GgufType elementType, int size, byte[] data) {
    return new GgufArray(elementType, size, data, new int[0], List.of());
  }

  static GgufArray ofTexts(byte[] data, int[] ends) {
    return new GgufArray(GgufType.STRING, ends.length, data, ends, List.of());
  }

  static GgufArray ofArrays(List<GgufArray> arrays) {
    return new GgufArray(
        GgufType.ARRAY, arrays.size(), new byte[0], new int[0], List.copyOf(arrays));
  }

  @Override
  public GgufType type() {
    return GgufType.ARRAY;
  }

  /** The type of the elements. */
  public GgufType elementType() {
    return elementType;
  }

  /** The number of elements. */
  public int size() {
    return size;
  }

  /**
   * Returns an element.
   *
   * @throws IndexOutOfBoundsException if {@code index} is not in [0, size)
   */
  public GgufValue get(int index) {
    Objects.checkIndex(index, size);
    return switch (elementType) {
      case FLOAT32, FLOAT64 -> new FloatValue(elementType, number(index));
      case BOOL -> new BooleanValue(integer(index) != 0);
      case STRING -> new StringValue(new String(data.array(), start(index), length(index), UTF_8));
      case ARRAY -> arrays.get(index);
      default -> new IntegerValue(elementType, integer(index));
    };
  }

  /**
   * Returns the bytes of a text. They need not be UTF-8: a token of a vocabulary may be part of a
   * character.
   *
   * @throws IndexOutOfBoundsException if {@code index} is not in [0, size)
   * @throws IllegalStateException if the elements are not texts
   */
  public byte[] bytes(int index) {
    Objects.checkIndex(index, size);
    if (elementType != GgufType.STRING) {
      throw new IllegalStateException("an array of " + elementType + ", not of STRING");
    }
    return Arrays.copyOfRange(data.array(), start(index), ends[index]);
  }

  /** A text's bytes as chars, up to the first zero byte: the string as C reads it. */
  String cString(int index) {
    return new String(data.array(), start(index), cLength(index), ISO_8859_1);
  }

  /** The number of bytes of a text before its first zero byte. */
  int cLength(int index) {
    byte[] bytes = data.array();
    int start = start(index);
    int end = start;
    while (end < ends[index] && bytes[end] != 0) {
      end++;
    }
    return end - start;
  }

  /**
   * The index of the first text that equals an earlier one for C, or -1. Empty texts do not count.
   *
   * <p>In a cold JVM this takes a third of the time of a set of strings.
   */
  int firstDuplicate() {
    byte[] bytes = data.array();
    int mask = Integer.highestOneBit(Math.max(1, size)) * 4 - 1;
    int[] slots = new int[mask + 1];
    for (int i = 0; i < size; i++) {
      int start = start(i);
      int end = start;
      int hash = 0;
      while (end < ends[i] && bytes[end] != 0) {
        hash = 31 * hash + bytes[end++];
      }
      if (end == start) {
        continue;
      }
      int slot = ((hash * 0x9e3779b9) >>> 7) & mask;
      while (slots[slot] != 0) {
        int other = start(slots[slot] - 1);
        if (Arrays.equals(bytes, start, end, bytes, other, other + cLength(slots[slot] - 1))) {
          return i;
        }
        slot = slot + 1 & mask;
      }
      slots[slot] = i + 1;
    }
    return -1;
  }

  long integer(int index) {
    int at = index * elementType.bytes();
    return switch (elementType) {
      case UINT8 -> Byte.toUnsignedInt(data.get(at));
      case INT8, BOOL -> data.get(at);
      case UINT16 -> Short.toUnsignedInt(data.getShort(at));
      case INT16 -> data.getShort(at);
      case UINT32 -> Integer.toUnsignedLong(data.getInt(at));
      case INT32 -> data.getInt(at);
      case UINT64, INT64 -> data.getLong(at);
      case FLOAT32, FLOAT64, STRING, ARRAY -> throw new IllegalStateException();
    };
  }

  private double number(int index) {
    return elementType == GgufType.FLOAT32
        ? data.getFloat(index * Float.BYTES)
        : data.getDouble(index * Double.BYTES);
  }

  private int start(int index) {
    return index == 0 ? 0 : ends[index - 1];
  }

  /** The number of bytes of a text. */
  int length(int index) {
    return ends[index] - start(index);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof GgufArray array
        && elementType == array.elementType
        && data.equals(array.data)
        && Arrays.equals(ends, array.ends)
        && arrays.equals(array.arrays);
  }

  @Override
  public int hashCode() {
    return Objects.hash(elementType, data, Arrays.hashCode(ends), arrays);
  }

  @Override
  public String toString() {
    return String.format(Locale.ROOT, "%d of %s", size, elementType);
  }
}
