package dev.llamastream;

import java.io.Serial;

/**
 * A saved state could not be written or restored. It may be unreadable, damaged, larger than the
 * context, or of another version, model or KV cache type. The context remains usable. After a
 * failed restore its KV cache may be empty.
 *
 * @since 0.1.0
 */
public final class StateException extends LlamaException {
  @Serial private static final long serialVersionUID = 1L;

  /** Creates an exception with a message. */
  public StateException(String message) {
    super(message);
  }

  /** Creates an exception with a message and its cause. */
  public StateException(String message, Throwable cause) {
    super(message, cause);
  }
}
