package dev.llamastream.server.internal.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.llamastream.Model;

/**
 * The special tokens of a model's vocabulary.
 *
 * @param bos how the token at the start of a text is written; empty if the file does not name it
 * @param eos how the token at the end of a text is written; empty if the file does not name it
 * @param canFillIn whether there are tokens with which the model fills in the middle of a text
 */
public record SpecialTokens(String bos, String eos, boolean canFillIn) {

  /** Those of a model that is loaded. */
  static SpecialTokens of(Model model) {
    return new SpecialTokens(
        written(model, "bos"), written(model, "eos"), model.tokenizer().fimTokens().canFillIn());
  }

  private static String written(Model model, String name) {
    String id = model.metadata().get("tokenizer.ggml." + name + "_token_id");
    return id == null ? "" : new String(model.tokenizer().piece(Integer.parseInt(id)), UTF_8);
  }
}
