package dev.llamastream;

import java.io.Serial;

/**
 * A context could not be opened: the model cannot generate text, the parameters do not suit it, or
 * memory is short.
 *
 * @since 0.1.0
 */
public final class ContextCreationException extends LlamaException {
  @Serial private static final long serialVersionUID = 1L;

  /** Creates an exception with a message. */
  public ContextCreationException(String message) {
    super(message);
  }

  /** Creates an exception with a message and its cause. */
  public ContextCreationException(String message, Throwable cause) {
    super(message, cause);
  }
}
