package dev.llamastream;

import java.io.Serial;

/**
 * The common superclass of all failures of the library. Unchecked.
 *
 * @since 0.1.0
 */
public class LlamaException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1L;

  /** Creates an exception with a message. */
  public LlamaException(String message) {
    super(message);
  }

  /** Creates an exception with a message and its cause. */
  public LlamaException(String message, Throwable cause) {
    super(message, cause);
  }
}
