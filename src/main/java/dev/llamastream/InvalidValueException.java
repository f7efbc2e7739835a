package dev.llamastream;

import java.io.Serial;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An option or argument has a value that is not allowed. The message combines all members: {@code
 * topP: 1.5, must be in [0.0, 1.0]}.
 *
 * @since 0.1.0
 */
public final class InvalidValueException extends IllegalArgumentException {
  @Serial private static final long serialVersionUID = 1L;

  private final String field;
  private final @Nullable String value;
  private final @Nullable String range;

  /**
   * Creates an exception for a value that is wrong for a reason other than its size.
   *
   * @param field the option or argument, as {@link #field()}
   * @param reason what is wrong, and what would be right
   */
  public InvalidValueException(String field, String reason) {
    this(field, field + ": " + reason, null, null, null);
  }

  /**
   * Creates an exception for a value that other code refused.
   *
   * @param field the option or argument, as {@link #field()}
   * @param refusal the exception whose message becomes the reason
   */
  public InvalidValueException(String field, Throwable refusal) {
    this(field, field + ": " + refusal.getMessage(), null, null, refusal);
  }

  private InvalidValueException(
      String field,
      String message,
      @Nullable String value,
      @Nullable String range,
      @Nullable Throwable cause) {
    super(message, cause);
    this.field = field;
    this.value = value;
    this.range = range;
  }

  /**
   * Creates an exception for a value out of its range.
   *
   * @param field the option or argument, as {@link #field()}
   * @param measure the property that is out of range, for instance {@code length}; empty for the
   *     value itself
   * @param value the value
   * @param range for instance {@code [0, 1]}
   */
  public static InvalidValueException outOfRange(
      String field, String measure, Object value, String range) {
    String what = measure.isEmpty() ? field : field + " " + measure;
    return new InvalidValueException(
        field, what + ": " + value + ", must be in " + range, String.valueOf(value), range, null);
  }

  /**
   * The option or argument, named like its accessor. A member of an inner record follows the
   * record's name: {@code topK}, {@code dry.allowedLength}.
   */
  public String field() {
    return field;
  }

  /** The value that is out of range, or its length or other measure as the message names it. */
  public Optional<String> value() {
    return Optional.ofNullable(value);
  }

  /** The range that the value violates, for instance {@code [0, 1]}. */
  public Optional<String> range() {
    return Optional.ofNullable(range);
  }

  /** The message without the field. */
  public String reason() {
    String message = String.valueOf(getMessage());
    String beginning = field + ": ";
    return message.startsWith(beginning) ? message.substring(beginning.length()) : message;
  }
}
