package dev.llamastream;

import static java.util.Objects.requireNonNull;

import dev.llamastream.internal.Check;
import java.util.List;

/**
 * What a generation starts from.
 *
 * @since 0.1.0
 */
public sealed interface Prompt {

  /**
   * A text. Special tokens written in it ({@code <|im_start|>}) are recognised as such. Tokenizing
   * adds the tokens that the model wants at the start of a sequence.
   *
   * @param text the text; may be empty if the model adds a token of its own
   */
  record Text(String text) implements Prompt {
    /** Checks its argument. */
    public Text {
      requireNonNull(text, "prompt");
    }
  }

  /**
   * Token ids, taken as they are.
   *
   * @param ids at least one; each is checked against the vocabulary when the generation starts
   */
  record Tokens(List<Integer> ids) implements Prompt {
    /** Checks and copies its argument. */
    public Tokens {
      ids = Check.listOf("prompt", ids);
      if (ids.isEmpty()) {
        throw new InvalidValueException("prompt", "no tokens, must have at least 1");
      }
    }
  }
}
