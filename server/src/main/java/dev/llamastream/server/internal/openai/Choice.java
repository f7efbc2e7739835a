package dev.llamastream.server.internal.openai;

import dev.llamastream.FinishReason;
import dev.llamastream.Token;
import dev.llamastream.server.internal.json.ApiError;
import dev.llamastream.server.internal.streams.ServedStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** One choice of a response while it is generated. */
final class Choice {

  private final ServedStream stream;
  private final boolean logprobs;
  private List<Token> taken = new ArrayList<>();

  Choice(ServedStream stream, boolean logprobs) {
    this.stream = stream;
    this.logprobs = logprobs;
  }

  /** Waits for the end. Until then, passes on each text with its tokens. */
  void forEachPiece(Consumer<TextChunk> receiver) {
    stream.forEachToken(
        token -> {
          if (logprobs && isText(token)) {
            taken.add(token);
          }
          if (!token.text().isEmpty()) {
            receiver.accept(new TextChunk(token.text(), taken));
            taken = new ArrayList<>();
          }
        });
    boolean stopped = stream.finishReason().equals(Optional.of(FinishReason.STOP_SEQUENCE));
    // tokens of a stop sequence are not part of the response
    if (!taken.isEmpty() && !stopped) {
      receiver.accept(new TextChunk("", taken));
    }
  }

  /** Waits for the end and returns the whole text. */
  ResponseFormat.Ended whole() {
    StringBuilder text = new StringBuilder();
    List<Token> all = new ArrayList<>();
    forEachPiece(
        piece -> {
          text.append(piece.text());
          all.addAll(piece.tokens());
        });
    return new ResponseFormat.Ended(new TextChunk(text.toString(), all), finishReason());
  }

  /** Whether the token is part of the text. The token that ends a text is not. */
  private boolean isText(Token token) {
    return token.id() != Token.NONE
        && !(token.last()
            && token.text().isEmpty()
            && stream.finishReason().equals(Optional.of(FinishReason.END_OF_TEXT)));
  }

  /** OpenAI's name for the finish reason. */
  String finishReason() {
    return switch (stream.finishReason().orElseThrow()) {
      case END_OF_TEXT, STOP_SEQUENCE -> "stop";
      case MAX_TOKENS, CONTEXT_FULL, TIMEOUT -> "length";
      case CANCELLED, SUPERSEDED, FAILED ->
          throw new ApiError(503, "server_error", "cancelled", "the engine ended the stream");
    };
  }
}
