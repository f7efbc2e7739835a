package dev.llamastream;

import java.io.Serial;

/**
 * A model could not be loaded: the file is missing, damaged, not a GGUF file, of an unknown
 * architecture or too large, or the progress listener stopped the load.
 *
 * @since 0.1.0
 */
public final class ModelLoadException extends LlamaException {
  @Serial private static final long serialVersionUID = 1L;

  /** Creates an exception with a message. */
  public ModelLoadException(String message) {
    super(message);
  }

  /** Creates an exception with a message and its cause. */
  public ModelLoadException(String message, Throwable cause) {
    super(message, cause);
  }
}
