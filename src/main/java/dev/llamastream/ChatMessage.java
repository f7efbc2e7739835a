package dev.llamastream;

/**
 * One message of a chat.
 *
 * @param role the speaker: {@code system}, {@code user}, {@code assistant}, or another role that
 *     the model's template knows. Not blank
 * @param content the text of the message; may be empty. Special tokens written in it are recognised
 *     as such when the prompt is tokenized, as in any {@link Prompt.Text}
 * @since 0.1.0
 */
public record ChatMessage(String role, String content) {

  /** Checks that both arguments consist of whole characters, without NUL. */
  public ChatMessage {
    TextCheck.check("role", role);
    TextCheck.check("content", content);
    if (role.isBlank()) {
      throw new InvalidValueException("role", "blank, must name who speaks");
    }
  }
}
