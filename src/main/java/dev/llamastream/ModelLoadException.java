package dev.llamastream;

import java.io.Serial;

/**
 * A model could not be loaded: no such file, not a GGUF file, damaged, of an unknown architecture,
 * too large, or stopped by its progress listener.
 *
 * @since 0.1.0
 */
public final class ModelLoadException extends LlamaException {
  @Serial private static final long serialVersionUID = 1L;

  /** Makes one with a message. */
  public ModelLoadException(String message) {
    super(message);
  }

  /** Makes one with a message and what caused it. */
  public ModelLoadException(String message, Throwable cause) {
    super(message, cause);
  }
}
