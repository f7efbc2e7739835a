package dev.llamastream;

/**
 * One message of a chat.
 *
 * @param role who speaks: {@code system}, {@code user}, {@code assistant}, or what else the model's
 *     template knows. Not blank
 * @param content what is said; may be empty. Special tokens written in it are recognised as such
 *     when the prompt is tokenized, as in any {@link Prompt.Text}
 * @since 0.1.0
 */
public record ChatMessage(String role, String content) {

  /** Checks its arguments: whole characters, and none of them NUL. */
  public ChatMessage {
    TextCheck.check("role", role);
    TextCheck.check("content", content);
    if (role.isBlank()) {
      throw new InvalidValueException("role", "blank, must name who speaks");
    }
  }
}
