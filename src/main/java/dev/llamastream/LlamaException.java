package dev.llamastream;

import java.io.Serial;

/**
 * What every failure of the library has in common. Unchecked.
 *
 * @since 0.1.0
 */
public class LlamaException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1L;

  /** Makes one with a message. */
  public LlamaException(String message) {
    super(message);
  }

  /** Makes one with a message and what caused it. */
  public LlamaException(String message, Throwable cause) {
    super(message, cause);
  }
}
