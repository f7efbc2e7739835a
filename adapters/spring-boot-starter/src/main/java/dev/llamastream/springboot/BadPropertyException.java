package dev.llamastream.springboot;

import dev.llamastream.ContextCreationException;
import dev.llamastream.InvalidValueException;
import java.io.Serial;
import java.util.Locale;
import java.util.function.Supplier;

/** A property has a value with which the application cannot start. */
final class BadPropertyException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1L;

  private final String action;

  /**
   * Creates an exception.
   *
   * @param action what the user should do
   */
  BadPropertyException(String property, String reason, String action) {
    super(property + " " + reason);
    this.action = action;
  }

  private BadPropertyException(String message, String action, Throwable cause) {
    super(message, cause);
    this.action = action;
  }

  /** What the user should do. */
  String action() {
    return action;
  }

  /** Makes something of the properties below a prefix. Bad values get the properties' names. */
  static <T> T naming(String prefix, Supplier<T> maker) {
    try {
      return maker.get();
    } catch (InvalidValueException e) {
      String property = prefix + "." + dashed(e.field());
      throw new BadPropertyException(
          property + ": " + e.reason(), "Change the value of " + property + ".", e);
    } catch (ContextCreationException e) {
      throw new BadPropertyException(
          e.getMessage() == null ? "" : e.getMessage(),
          "Change the values of " + prefix + ".*, or the model.",
          e);
    }
  }

  private static String dashed(String field) {
    // the properties of an engine's context are the engine's
    return field
        .replaceFirst("^context\\.", "")
        .replaceAll("([A-Z])", "-$1")
        .toLowerCase(Locale.ROOT);
  }
}
