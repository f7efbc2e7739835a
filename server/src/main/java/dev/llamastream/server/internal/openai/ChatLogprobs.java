package dev.llamastream.server.internal.openai;

import dev.llamastream.Token;
import dev.llamastream.server.internal.json.TokenTexts;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Token probabilities in the format of {@code /v1/chat/completions}. */
final class ChatLogprobs {

  private ChatLogprobs() {}

  /** The probabilities of a response, or of a part of it. */
  record Content(List<Chosen> content, @Nullable String refusal) {}

  /** A token of the response and its likely alternatives. */
  record Chosen(String token, float logprob, List<Integer> bytes, List<Likely> topLogprobs) {}

  /** A likely alternative. */
  record Likely(String token, float logprob, List<Integer> bytes) {}

  static Content of(List<Token> tokens, TokenTexts texts) {
    return new Content(tokens.stream().map(token -> chosen(token, texts)).toList(), null);
  }

  private static Chosen chosen(Token token, TokenTexts texts) {
    List<Likely> likely =
        token.topLogprobs().stream()
            .map(
                top -> {
                  TokenTexts.Text text = texts.of(top.id());
                  return new Likely(text.text(), TokenTexts.finite(top.logprob()), text.bytes());
                })
            .toList();
    TokenTexts.Text text = texts.of(token.id());
    return new Chosen(text.text(), TokenTexts.finite(token.logprob()), text.bytes(), likely);
  }
}
