package dev.llamastream;

import java.io.Serial;

/**
 * An assertion in native code failed. The affected context refuses further work and can only be
 * closed. The model and its other contexts continue.
 *
 * @since 0.1.0
 */
public final class NativeAssertionException extends GenerationException {
  @Serial private static final long serialVersionUID = 1L;

  /** Creates an exception with a message. */
  public NativeAssertionException(String message) {
    super(message);
  }

  /** Creates an exception with a message and its cause. */
  public NativeAssertionException(String message, Throwable cause) {
    super(message, cause);
  }
}
