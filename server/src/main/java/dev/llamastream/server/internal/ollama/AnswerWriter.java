package dev.llamastream.server.internal.ollama;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.llamastream.Token;
import dev.llamastream.chat.ChatDelta;
import dev.llamastream.chat.ToolCall;
import dev.llamastream.server.internal.http.LineWriter;
import dev.llamastream.server.internal.http.Request;
import dev.llamastream.server.internal.json.ApiError;
import dev.llamastream.server.internal.json.Json;
import dev.llamastream.server.internal.streams.ServedStream;
import dev.llamastream.server.internal.streams.TokenTexts;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Writes one answer: whole, or piece by piece as lines. */
final class AnswerWriter {

  private final Request request;
  private final CommonFields asked;
  private final Shape shape;
  private final ContextTokens context;
  private final LogprobJson logprobs;

  /** How each line begins. */
  private final String opening;

  AnswerWriter(Request request, CommonFields asked, Shape shape, ContextTokens context) {
    this.request = request;
    this.asked = asked;
    this.shape = shape;
    this.context = context;
    this.opening = "{\"model\":" + Json.quote(asked.model()) + ",\"created_at\":\"";
    this.logprobs = new LogprobJson(new TokenTexts(request.model().tokenizer()));
  }

  /** Responds to a request without a prompt or messages, which only loads the model. */
  static void replyWithout(Request request, CommonFields asked, Shape shape) {
    if (!asked.unload()) {
      var _ = request.model();
    }
    ObjectNode line = line(asked);
    shape.put(line, "", "", List.of());
    line.put("done", true).put("done_reason", asked.unload() ? "unload" : "load");
    if (request.streamHasBegun()) {
      request.lines().line(Json.write(line));
    } else {
      request.reply(200, Json.write(line));
    }
  }

  void give(Pieces pieces) {
    if (asked.stream()) {
      writeLines(pieces, request.lines());
    } else {
      reply(pieces);
    }
  }

  private void writeLines(Pieces pieces, LineWriter out) {
    pieces
        .source()
        .accept(
            (delta, tokens) -> {
              context.add(tokens);
              switch (delta) {
                case ChatDelta.Text(String text) when !asked.logprobs() -> writeText(out, text);
                case ChatDelta.Text(String text) -> out.line(Json.write(piece(text, "", tokens)));
                case ChatDelta.Thinking(String text) ->
                    out.line(Json.write(piece("", text, tokens)));
                default -> {
                  // whole calls are sent after everything else
                  if (asked.logprobs() && !tokens.isEmpty()) {
                    out.line(Json.write(piece("", "", tokens)));
                  }
                }
              }
            });
    List<ToolCall> calls = CallJson.whole(pieces.stream().toolCalls());
    if (!calls.isEmpty()) {
      ObjectNode line = line(asked);
      shape.put(line, "", "", calls);
      out.line(Json.write(line.put("done", false)));
    }
    ObjectNode last = line(asked);
    shape.put(last, "", "", List.of());
    putEnd(last, pieces.stream());
    out.line(Json.write(last));
  }

  /** Quick, as there may be thousands a second. */
  private void writeText(LineWriter out, String text) {
    if (!text.isEmpty()) {
      out.line(opening + Instant.now() + "\"," + shape.text(Json.quote(text)) + ",\"done\":false}");
    }
  }

  private ObjectNode piece(String text, String thinking, List<Token> tokens) {
    ObjectNode line = line(asked);
    shape.put(line, text, thinking, List.of());
    line.put("done", false);
    putLogprobs(line, tokens);
    return line;
  }

  private void reply(Pieces pieces) {
    StringBuilder text = new StringBuilder();
    StringBuilder thinking = new StringBuilder();
    List<Token> all = new ArrayList<>();
    pieces
        .source()
        .accept(
            (delta, tokens) -> {
              context.add(tokens);
              all.addAll(tokens);
              if (delta instanceof ChatDelta.Text(String more)) {
                text.append(more);
              } else if (delta instanceof ChatDelta.Thinking(String more)) {
                thinking.append(more);
              } // the calls are read at the end
            });
    ObjectNode line = line(asked);
    shape.put(
        line, text.toString(), thinking.toString(), CallJson.whole(pieces.stream().toolCalls()));
    putEnd(line, pieces.stream());
    putLogprobs(line, all);
    request.reply(200, Json.write(line));
  }

  private static ObjectNode line(CommonFields asked) {
    return Json.object().put("model", asked.model()).put("created_at", Instant.now().toString());
  }

  private void putEnd(ObjectNode line, ServedStream stream) {
    line.put("done", true).put("done_reason", reason(stream));
    context.put(line);
    asked.timing().put(line, stream.stats());
  }

  private void putLogprobs(ObjectNode line, List<Token> tokens) {
    if (asked.logprobs() && !tokens.isEmpty()) {
      logprobs.put(line.putArray("logprobs"), tokens);
    }
  }

  private static String reason(ServedStream stream) {
    return switch (stream.finishReason().orElseThrow()) {
      case END_OF_TEXT, STOP_SEQUENCE -> "stop";
      case MAX_TOKENS, CONTEXT_FULL, TIMEOUT -> "length";
      case CANCELLED, SUPERSEDED, FAILED -> throw ApiError.ended();
    };
  }
}
