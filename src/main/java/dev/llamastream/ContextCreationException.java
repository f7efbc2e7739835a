package dev.llamastream;

import java.io.Serial;

/**
 * A context could not be opened: the model cannot generate text, the parameters do not suit it, or
 * there is not enough memory.
 *
 * @since 0.1.0
 */
public final class ContextCreationException extends LlamaException {
  @Serial private static final long serialVersionUID = 1L;

  /** Makes one with a message. */
  public ContextCreationException(String message) {
    super(message);
  }

  /** Makes one with a message and what caused it. */
  public ContextCreationException(String message, Throwable cause) {
    super(message, cause);
  }
}
