package dev.llamastream.chat;

import dev.llamastream.internal.TextCheck;

/**
 * A part of a message's content.
 *
 * @since 0.1.0
 */
public sealed interface ContentPart {

  /**
   * A text.
   *
   * @param text whole characters, without NUL; may be empty
   */
  record Text(String text) implements ContentPart {
    /** Checks the text. */
    public Text {
      TextCheck.check("content", text);
    }
  }
}
