package dev.llamastream.server.internal.openai;

import dev.llamastream.Prompt;
import dev.llamastream.Tokenizer;
import dev.llamastream.server.internal.json.RequestJson;
import java.util.Arrays;

/** A gap in a text, for the model to fill in. */
final class Gap {

  private final Tokenizer tokenizer;
  private final int[] suffix;

  private Gap(Tokenizer tokenizer, int[] suffix) {
    this.tokenizer = tokenizer;
    this.suffix = suffix;
  }

  /**
   * The gap before a suffix.
   *
   * @throws dev.llamastream.server.internal.json.ApiError 400 if the model cannot fill gaps in
   */
  static Gap before(String suffix, Tokenizer tokenizer, RequestJson json) {
    if (!tokenizer.fimTokens().canFillIn()) {
      throw json.error("suffix", "this model cannot fill in the middle of a text");
    }
    json.called("before", "prompt");
    return new Gap(tokenizer, tokenizer.encode(suffix, false, false));
  }

  /** The prompt that lets the model fill in the gap after a text. */
  Prompt after(Prompt prompt) {
    int[] prefix =
        switch (prompt) {
          case Prompt.Text(String text) -> tokenizer.encode(text, false, false);
          case Prompt.Tokens(var ids) -> ids.stream().mapToInt(Integer::intValue).toArray();
        };
    int[] filled = tokenizer.fillInMiddle(prefix, suffix);
    return new Prompt.Tokens(Arrays.stream(filled).boxed().toList());
  }
}
