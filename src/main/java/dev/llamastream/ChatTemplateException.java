package dev.llamastream;

import java.io.Serial;

/**
 * The model has no chat template, or its template is unknown to llama.cpp.
 *
 * @since 0.1.0
 */
public final class ChatTemplateException extends LlamaException {
  @Serial private static final long serialVersionUID = 1L;

  /** Creates an exception with a message. */
  public ChatTemplateException(String message) {
    super(message);
  }
}
