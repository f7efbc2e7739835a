package dev.llamastream;

import java.io.Serial;

/**
 * A running generation failed. Unless the message says so, the context remains usable.
 *
 * @since 0.1.0
 */
public class GenerationException extends LlamaException {
  @Serial private static final long serialVersionUID = 1L;

  /** Makes one with a message. */
  public GenerationException(String message) {
    super(message);
  }

  /** Makes one with a message and what caused it. */
  public GenerationException(String message, Throwable cause) {
    super(message, cause);
  }
}
