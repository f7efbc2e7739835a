package dev.llamastream.server.internal.openai;

import dev.llamastream.Token;
import dev.llamastream.server.internal.streams.ServedText;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** One choice of a response while it is generated. */
final class TextChoice {

  private final ServedText stream;
  private final boolean logprobs;
  private List<Token> taken = new ArrayList<>();

  TextChoice(ServedText stream, boolean logprobs) {
    this.stream = stream;
    this.logprobs = logprobs;
  }

  /** Waits for the end. Until then, passes on each text with its tokens. */
  void forEachPiece(Consumer<TextChunk> receiver) {
    stream.forEachToken(
        token -> {
          if (logprobs && stream.isText(token)) {
            taken.add(token);
          }
          if (!token.text().isEmpty()) {
            receiver.accept(new TextChunk(token.text(), taken));
            taken = new ArrayList<>();
          }
        });
    if (!taken.isEmpty() && !OpenAiFinish.stopped(stream)) {
      receiver.accept(new TextChunk("", taken));
    }
  }

  /** Waits for the end and returns the whole text. */
  TextChunk whole() {
    StringBuilder text = new StringBuilder();
    List<Token> all = new ArrayList<>();
    forEachPiece(
        piece -> {
          text.append(piece.text());
          all.addAll(piece.tokens());
        });
    return new TextChunk(text.toString(), all);
  }
}
