package dev.llamastream.server.openai;

import dev.llamastream.GenerationRequest;
import dev.llamastream.Prompt;
import dev.llamastream.Token;
import java.util.List;

/** A prompt that a choice begins with, before what its stream says. */
final class Echo {

  /** Nothing. */
  static final Piece NONE = new Piece("", List.of());

  private Echo() {}

  /** All of the prompt; of one that is scored the first token, which the stream leaves out. */
  static Piece of(GenerationRequest request, TokenTexts texts) {
    return switch (request.prompt()) {
      case Prompt.Text(String text) -> new Piece(text, List.of());
      case Prompt.Tokens(List<Integer> ids) when request.scorePrompt() -> {
        int first = ids.getFirst();
        String text = texts.of(first).text();
        yield new Piece(text, List.of(new Token(first, text, 0, Float.NaN, List.of(), false)));
      }
      case Prompt.Tokens(List<Integer> ids) ->
          new Piece(
              texts.tokenizer().decode(ids.stream().mapToInt(Integer::intValue).toArray()),
              List.of());
    };
  }
}
