package dev.llamastream;

import java.io.Serial;

/** The model has no chat template, or one that llama.cpp does not know. */
public final class ChatTemplateException extends LlamaException {
  @Serial private static final long serialVersionUID = 1L;

  /** Makes one with a message. */
  public ChatTemplateException(String message) {
    super(message);
  }
}
