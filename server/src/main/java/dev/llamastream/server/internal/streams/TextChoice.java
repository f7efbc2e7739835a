package dev.llamastream.server.internal.streams;

import dev.llamastream.Token;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** One choice of a response while it is generated. */
public final class TextChoice {

  private final ServedText stream;
  private final boolean collect;
  private List<Token> taken = new ArrayList<>();

  /**
   * Reads this stream.
   *
   * @param collect whether the texts have their tokens
   */
  public TextChoice(ServedText stream, boolean collect) {
    this.stream = stream;
    this.collect = collect;
  }

  /** Waits for the end. Until then, passes on each text with its tokens. */
  public void forEachPiece(Consumer<TextChunk> receiver) {
    stream.forEachToken(
        token -> {
          if (collect && stream.isText(token)) {
            taken.add(token);
          }
          if (!token.text().isEmpty()) {
            receiver.accept(new TextChunk(token.text(), taken));
            taken = new ArrayList<>();
          }
        });
    if (!taken.isEmpty() && !TextTokens.stopped(stream)) {
      receiver.accept(new TextChunk("", taken));
    }
  }

  /** Waits for the end and returns the whole text. */
  public TextChunk whole() {
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
