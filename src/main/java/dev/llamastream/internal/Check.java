package dev.llamastream.internal;

import static java.util.Objects.requireNonNull;

import dev.llamastream.InvalidValueException;
import java.util.List;
import java.util.Locale;

/** Range checks with one form of message: the field, its value, its range. */
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

  /** The same of a measure of the field, for instance its length. */
  public static long range(String field, String measure, long value, long min, long max) {
    if (value < min || value > max) {
      throw InvalidValueException.outOfRange(
          field, measure, value, String.format(Locale.ROOT, "[%d, %d]", min, max));
    }
    return value;
  }

  /**
   * Refuses NaN too. Returns the value. One that native code has as a float may be narrowed: where
   * the bounds are floats, so is what lies between them.
   */
  public static double range(String field, double value, double min, double max) {
    if (!(value >= min && value <= max)) {
      throw outOfRange(field, value, String.format(Locale.ROOT, "[%s, %s]", min, max));
    }
    return value;
  }

  /** A copy, none of whose elements is null. */
  public static <T> List<T> listOf(String field, List<T> values) {
    requireNonNull(values, field).forEach(value -> requireNonNull(value, field));
    return List.copyOf(values);
  }

  /** The exception for a value out of its range. */
  public static InvalidValueException outOfRange(String field, Object value, String range) {
    return InvalidValueException.outOfRange(field, "", value, range);
  }
}
