package dev.llamastream;

import java.io.Serial;

/**
 * A running generation failed. The context remains usable unless the message says otherwise.
 *
 * @since 0.1.0
 */
public class GenerationException extends LlamaException {
  @Serial private static final long serialVersionUID = 1L;

  /** Creates an exception with a message. */
  public GenerationException(String message) {
    super(message);
  }

  /** Creates an exception with a message and its cause. */
  public GenerationException(String message, Throwable cause) {
    super(message, cause);
  }
}
