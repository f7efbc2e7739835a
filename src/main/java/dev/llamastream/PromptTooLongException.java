package dev.llamastream;

import java.io.Serial;
import java.util.Locale;

/**
 * The prompt has more tokens than fit into the context. Nothing was decoded.
 *
 * @since 0.1.0
 */
public final class PromptTooLongException extends LlamaException {
  @Serial private static final long serialVersionUID = 1L;

  private final int promptTokens;
  private final int contextSize;

  /** Creates an exception from the two numbers. */
  public PromptTooLongException(int promptTokens, int contextSize) {
    super(
        String.format(
            Locale.ROOT, "prompt: %d tokens, but the context holds %d", promptTokens, contextSize));
    this.promptTokens = promptTokens;
    this.contextSize = contextSize;
  }

  /**
   * The prompt's length in tokens. A text that is plainly too long is not tokenized; for such a
   * text this is a lower bound.
   */
  public int promptTokens() {
    return promptTokens;
  }

  /** The number of tokens that the context holds. */
  public int contextSize() {
    return contextSize;
  }
}
