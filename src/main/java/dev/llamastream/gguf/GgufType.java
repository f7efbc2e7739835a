package dev.llamastream.gguf;

import org.jspecify.annotations.Nullable;

/**
 * Types of metadata values.
 *
 * @since 0.1.0
 */
public enum GgufType {
  UINT8(1),
  INT8(1),
  UINT16(2),
  INT16(2),
  UINT32(4),
  INT32(4),
  FLOAT32(4),
  BOOL(1),
  STRING(0),
  ARRAY(0),
  UINT64(8),
  INT64(8),
  FLOAT64(8);

  private static final GgufType[] BY_NUMBER = values();

  private final int bytes;

  GgufType(int bytes) {
    this.bytes = bytes;
  }

  /** The type with this number in a file; null if there is none. */
  static @Nullable GgufType of(long number) {
    return number < BY_NUMBER.length ? BY_NUMBER[(int) number] : null;
  }

  /** The size of a value in bytes, 0 where values differ in size. */
  int bytes() {
    return bytes;
  }

  boolean isInteger() {
    return switch (this) {
      case UINT8, INT8, UINT16, INT16, UINT32, INT32, UINT64, INT64 -> true;
      case FLOAT32, FLOAT64, BOOL, STRING, ARRAY -> false;
    };
  }
}
