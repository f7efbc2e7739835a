package dev.llamastream;

import java.io.Serial;

/**
 * An assertion in native code failed. The context concerned refuses further work and can only be
 * closed; the model and other contexts go on.
 *
 * @since 0.1.0
 */
public final class NativeAssertionException extends GenerationException {
  @Serial private static final long serialVersionUID = 1L;

  /** Makes one with a message. */
  public NativeAssertionException(String message) {
    super(message);
  }

  /** Makes one with a message and what caused it. */
  public NativeAssertionException(String message, Throwable cause) {
    super(message, cause);
  }
}
