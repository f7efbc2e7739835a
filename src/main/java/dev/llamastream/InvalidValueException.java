package dev.llamastream;

import java.io.Serial;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An option or argument has a value that it cannot have. The message has all that the members say:
 * {@code topP: 1.5, must be in [0.0, 1.0]}.
 *
 * @since 0.1.0
 */
public final class InvalidValueException extends IllegalArgumentException {
  @Serial private static final long serialVersionUID = 1L;

  private final String field;
  private final @Nullable String value;
  private final @Nullable String range;

  /**
   * A value that is wrong for some other reason than its size.
   *
   * @param field which option or argument, as {@link #field()}
   * @param reason what is wrong, and what would be right
   */
  public InvalidValueException(String field, String reason) {
    this(field, field + ": " + reason, null, null, null);
  }

  /**
   * A value that something else has refused.
   *
   * @param field which option or argument, as {@link #field()}
   * @param refusal whose message is the reason
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
   * A value out of its range.
   *
   * @param field which option or argument, as {@link #field()}
   * @param measure what of it the value is, for instance {@code length}; empty if it is the value
   *     itself
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
   * The option or argument, named as its accessor; that of an inner record after the record's own:
   * {@code topK}, {@code dry.allowedLength}.
   */
  public String field() {
    return field;
  }

  /** The value, if it is out of a range: or its length or whatever the message says. */
  public Optional<String> value() {
    return Optional.ofNullable(value);
  }

  /** The range that the value is out of, for instance {@code [0, 1]}. */
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
