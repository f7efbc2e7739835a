package dev.llamastream;

import java.io.Serial;

/**
 * A saved state could not be written or restored: unreadable, damaged, of another version, of
 * another model or KV cache, or larger than the context. The context remains usable; after a failed
 * restore its KV cache may be empty.
 *
 * @since 0.1.0
 */
public final class StateException extends LlamaException {
  @Serial private static final long serialVersionUID = 1L;

  /** Makes one with a message. */
  public StateException(String message) {
    super(message);
  }

  /** Makes one with a message and what caused it. */
  public StateException(String message, Throwable cause) {
    super(message, cause);
  }
}
