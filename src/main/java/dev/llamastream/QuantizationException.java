package dev.llamastream;

import java.io.Serial;

/**
 * A model could not be quantized: the target exists or cannot be written, the source has weights
 * that llama.cpp cannot convert, or the listener failed. The message names the file. No target is
 * left.
 *
 * @since 0.1.0
 */
public final class QuantizationException extends LlamaException {
  @Serial private static final long serialVersionUID = 1L;

  /** Creates an exception with a message. */
  public QuantizationException(String message) {
    super(message);
  }

  /** Creates an exception with a message and its cause. */
  public QuantizationException(String message, Throwable cause) {
    super(message, cause);
  }
}
