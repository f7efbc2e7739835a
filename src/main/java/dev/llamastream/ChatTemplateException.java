package dev.llamastream;

import java.io.Serial;

/**
 * The model has no chat template, or one that llama.cpp does not know.
 *
 * @since 0.1.0
 */
public final class ChatTemplateException extends LlamaException {
  @Serial private static final long serialVersionUID = 1L;

  /** Makes one with a message. */
  public ChatTemplateException(String message) {
    super(message);
  }
}
