package dev.llamastream.internal;

import static java.util.Objects.requireNonNull;

import dev.llamastream.InvalidValueException;
import java.util.List;
import java.util.Locale;

/** Range checks with a uniform message: the field, its value and its range. */
public final class Check {

  private Check() {}

  /** Returns the value. */
  public static int range(String field, int value, int min, int max) {
    return (int) range(field, "", value, min, max);
  }

  /** Returns the value. */
  public static long range(String field, long value, long min, long max) {
    return range(field, "", value, min, max);
  }

  /** Checks a measure of the field, for instance its length. Returns it. */
  public static long range(String field, String measure, long value, long min, long max) {
    if (value < min || value > max) {
      throw InvalidValueException.outOfRange(
          field, measure, value, String.format(Locale.ROOT, "[%d, %d]", min, max));
    }
    return value;
  }

  /**
   * Also refuses NaN. Returns the value. The caller may narrow it to a float for native code: if
   * the bounds are floats, narrowing keeps the value between them.
   */
  public static double range(String field, double value, double min, double max) {
    if (!(value >= min && value <= max)) {
      throw outOfRange(field, value, String.format(Locale.ROOT, "[%s, %s]", min, max));
    }
    return value;
  }

  /** Returns a copy, and refuses null elements. */
  public static <T> List<T> listOf(String field, List<T> values) {
    requireNonNull(values, field).forEach(value -> requireNonNull(value, field));
    return List.copyOf(values);
  }

  /** Creates the exception for a value out of its range. */
  public static InvalidValueException outOfRange(String field, Object value, String range) {
    return InvalidValueException.outOfRange(field, "", value, range);
  }
}
