package dev.llamastream;

import java.io.Serial;

/**
 * The native libraries were not found, could not be loaded, or have the wrong version. The message
 * lists every place that was tried.
 *
 * @since 0.1.0
 */
public final class NativeLibraryException extends LlamaException {
  @Serial private static final long serialVersionUID = 1L;

  /** Creates an exception with a message. */
  public NativeLibraryException(String message) {
    super(message);
  }

  /** Creates an exception with a message and its cause. */
  public NativeLibraryException(String message, Throwable cause) {
    super(message, cause);
  }
}
