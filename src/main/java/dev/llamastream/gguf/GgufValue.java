package dev.llamastream.gguf;

/**
 * A metadata value. Immutable.
 *
 * <p>{@code toString()} is the value itself as text: a number, a string without quotes.
 *
 * @since 0.1.0
 */
public sealed interface GgufValue
    permits GgufValue.IntegerValue,
        GgufValue.FloatValue,
        GgufValue.BooleanValue,
        GgufValue.StringValue,
        GgufArray {

  /** The value's type in the file. */
  GgufType type();

  /**
   * An integer.
   *
   * @param value the integer; for type UINT64, values of 2^63 and above are negative here
   */
  record IntegerValue(GgufType type, long value) implements GgufValue {
    @Override
    public String toString() {
      return type == GgufType.UINT64 ? Long.toUnsignedString(value) : Long.toString(value);
    }
  }

  /** A floating-point number. */
  record FloatValue(GgufType type, double value) implements GgufValue {
    @Override
    public String toString() {
      return type == GgufType.FLOAT32 ? Float.toString((float) value) : Double.toString(value);
    }
  }

  /** A boolean. */
  record BooleanValue(boolean value) implements GgufValue {
    @Override
    public GgufType type() {
      return GgufType.BOOL;
    }

    @Override
    public String toString() {
      return Boolean.toString(value);
    }
  }

  /**
   * A text.
   *
   * @param value the text, with U+FFFD for bytes that are not UTF-8 in the file
   */
  record StringValue(String value) implements GgufValue {
    @Override
    public GgufType type() {
      return GgufType.STRING;
    }

    @Override
    public String toString() {
      return value;
    }
  }
}
