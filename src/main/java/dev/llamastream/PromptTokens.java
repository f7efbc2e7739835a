package dev.llamastream;

import dev.llamastream.internal.ffm.Vocab;

/** From a prompt to its token ids. */
final class PromptTokens {

  private PromptTokens() {}

  static int[] of(Prompt prompt, Vocab vocab) {
    int[] tokens =
        switch (prompt) {
          case Prompt.Text(String text) -> vocab.tokenize(text, true, true);
          case Prompt.Tokens(var ids) -> ids.stream().mapToInt(Integer::intValue).toArray();
        };
    if (tokens.length == 0) {
      throw new IllegalArgumentException(
          "prompt: empty, must have at least 1 token: this model adds none of its own");
    }
    for (int token : tokens) {
      vocab.check("prompt", token);
    }
    return tokens;
  }
}
