package dev.llamastream.server.openai;

import dev.llamastream.FinishReason;
import dev.llamastream.Token;
import dev.llamastream.server.ApiError;
import dev.llamastream.server.Json;
import dev.llamastream.server.Request;
import dev.llamastream.server.ServedStream;
import dev.llamastream.server.SseWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Generates, and answers at once or as events. */
final class Answer {

  private final ServedStream stream;
  private final boolean logprobs;
  private List<Token> taken = new ArrayList<>();

  private Answer(ServedStream stream, boolean logprobs) {
    this.stream = stream;
    this.logprobs = logprobs;
  }

  static void give(Request request, Wanted wanted, Form form) {
    try (ServedStream stream = request.open(wanted.generation())) {
      Answer answer = new Answer(stream, wanted.logprobs());
      if (wanted.stream()) {
        answer.asEvents(request.sse(), form, wanted.includeUsage());
      } else {
        request.reply(200, OpenAiJson.write(answer.whole(form)));
      }
    }
  }

  private Object whole(Form form) {
    StringBuilder text = new StringBuilder();
    List<Token> all = new ArrayList<>();
    forEachPiece(
        piece -> {
          text.append(piece.text());
          all.addAll(piece.tokens());
        });
    return form.whole(new Piece(text.toString(), all), finishReason(), Usage.of(stream.stats()));
  }

  private void asEvents(SseWriter sse, Form form, boolean includeUsage) {
    // OpenAI's clients look for an object with an error in a nameless event
    sse.onError(error -> "data: " + Json.write(error.body()) + "\n\n");
    for (Object event : form.opening()) {
      write(sse, event);
    }
    forEachPiece(piece -> write(sse, form.piece(piece)));
    write(sse, form.closing(finishReason()));
    if (includeUsage) {
      write(sse, form.usage(Usage.of(stream.stats())));
    }
    sse.data("[DONE]");
  }

  private static void write(SseWriter sse, Object event) {
    sse.data(OpenAiJson.write(event));
  }

  /** Waits for the end, while each text that there is, with the tokens that it took, comes out. */
  private void forEachPiece(Consumer<Piece> receiver) {
    stream.forEachToken(
        token -> {
          if (logprobs && isText(token)) {
            taken.add(token);
          }
          if (!token.text().isEmpty()) {
            receiver.accept(new Piece(token.text(), taken));
            taken = new ArrayList<>();
          }
        });
    boolean stopped = stream.finishReason().equals(Optional.of(FinishReason.STOP_SEQUENCE));
    // what belongs to a stop sequence is not told
    if (!taken.isEmpty() && !stopped) {
      receiver.accept(new Piece("", taken));
    }
  }

  /** The token that ends a text is none of it. */
  private boolean isText(Token token) {
    return token.id() != Token.NONE
        && !(token.last()
            && token.text().isEmpty()
            && stream.finishReason().equals(Optional.of(FinishReason.END_OF_TEXT)));
  }

  private String finishReason() {
    return switch (stream.finishReason().orElseThrow()) {
      case END_OF_TEXT, STOP_SEQUENCE -> "stop";
      case MAX_TOKENS, CONTEXT_FULL, TIMEOUT -> "length";
      case CANCELLED, SUPERSEDED, FAILED ->
          throw new ApiError(503, "server_error", "cancelled", "the engine ended the stream");
    };
  }
}
