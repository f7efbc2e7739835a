package dev.llamastream;

import java.io.Serial;
import java.util.Locale;

/**
 * The prompt has more tokens than the context has room for. Nothing was decoded.
 *
 * @since 0.1.0
 */
public final class PromptTooLongException extends LlamaException {
  @Serial private static final long serialVersionUID = 1L;

  private final int promptTokens;
  private final int contextSize;

  /** Makes one from the two numbers. */
  public PromptTooLongException(int promptTokens, int contextSize) {
    super(
        String.format(
            Locale.ROOT, "prompt: %d tokens, but the context holds %d", promptTokens, contextSize));
    this.promptTokens = promptTokens;
    this.contextSize = contextSize;
  }

  /**
   * The prompt's length in tokens; of a text that is plainly too long, which is not tokenized, how
   * many it has at least.
   */
  public int promptTokens() {
    return promptTokens;
  }

  /** How many tokens the context holds. */
  public int contextSize() {
    return contextSize;
  }
}
