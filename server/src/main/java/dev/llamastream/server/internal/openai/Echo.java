package dev.llamastream.server.internal.openai;

import dev.llamastream.GenerationRequest;
import dev.llamastream.Prompt;
import dev.llamastream.Token;
import dev.llamastream.server.internal.json.TokenTexts;
import dev.llamastream.server.internal.streams.TextChunk;
import java.util.List;

/** The prompt in front of a choice's text. */
final class Echo {

  /** No prompt. */
  static final TextChunk NONE = new TextChunk("", List.of());

  private Echo() {}

  /**
   * The whole prompt. For a scored prompt only the first token, because the stream delivers the
   * others.
   */
  static TextChunk of(GenerationRequest request, TokenTexts texts) {
    return switch (request.prompt()) {
      case Prompt.Text(String text) -> new TextChunk(text, List.of());
      case Prompt.Tokens(List<Integer> ids) when request.scorePrompt() -> {
        int first = ids.getFirst();
        String text = texts.of(first).text();
        yield new TextChunk(text, List.of(Token.of(first, text, 0, Float.NaN, List.of(), false)));
      }
      case Prompt.Tokens(List<Integer> ids) ->
          new TextChunk(
              texts.tokenizer().decode(ids.stream().mapToInt(Integer::intValue).toArray()),
              List.of());
    };
  }
}
