package dev.llamastream.structured;

import dev.llamastream.FinishReason;
import dev.llamastream.LlamaException;
import java.io.Serial;
import java.lang.reflect.Type;

/**
 * An answer is not the value that was asked for: it was cut off, or it does not fit the type.
 *
 * @since 0.1.0
 */
public final class StructuredAnswerException extends LlamaException {
  @Serial private static final long serialVersionUID = 1L;

  private final String text;
  private final FinishReason finishReason;
  private final transient Type target;

  private StructuredAnswerException(
      String message, Throwable cause, String text, FinishReason finishReason, Type target) {
    super(message, cause);
    this.text = text;
    this.finishReason = finishReason;
    this.target = target;
  }

  private StructuredAnswerException(
      String message, String text, FinishReason finishReason, Type target) {
    super(message);
    this.text = text;
    this.finishReason = finishReason;
    this.target = target;
  }

  static StructuredAnswerException cutOff(String text, FinishReason finishReason, Type target) {
    String message =
        "the answer was cut off (" + finishReason + ") before the " + name(target) + " was whole";
    return new StructuredAnswerException(message, text, finishReason, target);
  }

  static StructuredAnswerException unfit(
      String text, FinishReason finishReason, Type target, Exception cause) {
    String message = "the answer is no " + name(target) + ": " + cause.getMessage();
    return new StructuredAnswerException(message, cause, text, finishReason, target);
  }

  private static String name(Type type) {
    return type instanceof Class<?> c ? c.getSimpleName() : type.getTypeName();
  }

  /** The text of the answer, as far as it came. */
  public String text() {
    return text;
  }

  /** Why the answer ended. */
  public FinishReason finishReason() {
    return finishReason;
  }

  /** The type that was asked for. */
  public Type target() {
    return target;
  }
}
