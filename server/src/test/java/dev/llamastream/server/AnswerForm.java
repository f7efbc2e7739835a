package dev.llamastream.server;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.Locale;

/** A way to ask a {@link CountingModel}, and to read its answer. */
enum AnswerForm {
  CHAT_EVENTS(
      "/v1/chat/completions",
      "\"stream\": true, \"max_tokens\": %d, \"messages\": %s",
      "/choices/0/delta/content",
      "/choices/0/finish_reason"),
  COMPLETION_EVENTS(
      "/v1/completions",
      "\"stream\": true, \"max_tokens\": %d, \"prompt\": %s",
      "/choices/0/text",
      "/choices/0/finish_reason"),
  STREAM("/stream", "\"max_tokens\": %d, \"prompt\": %s", "/token", "/finish_reason"),
  CHAT_LINES(
      "/api/chat",
      "\"options\": {\"num_predict\": %d}, \"messages\": %s",
      "/message/content",
      "/done_reason"),
  WHOLE_CHAT(
      "/v1/chat/completions",
      "\"max_tokens\": %d, \"messages\": %s",
      "/choices/0/message/content",
      "/choices/0/finish_reason"),
  WHOLE_COMPLETION(
      "/v1/completions",
      "\"max_tokens\": %d, \"prompt\": %s",
      "/choices/0/text",
      "/choices/0/finish_reason"),
  WEB_SOCKET("/ws", "\"max_tokens\": %d, \"prompt\": %s", "/content", "/finish_reason");

  private final String path;
  private final String request;
  private final String text;
  private final String reason;

  AnswerForm(String path, String request, String text, String reason) {
    this.path = path;
    this.request = request;
    this.text = text;
    this.reason = reason;
  }

  /** Whether the answer comes in one piece. */
  boolean isWhole() {
    return this == WHOLE_CHAT || this == WHOLE_COMPLETION;
  }

  /** Whether another request can follow over the same connection. */
  boolean keepsConnection() {
    return this != WEB_SOCKET;
  }

  /** Whether it takes a prompt. In a chat, a model counts from 0. */
  boolean takesPrompt() {
    return request.contains("prompt");
  }

  /**
   * A request for a model to count.
   *
   * @param length how many tokens without a meaning are in front
   */
  String request(CountingModel model, int length, int from, int maxTokens) {
    String asked =
        takesPrompt()
            ? model.prompt(length, from).toString()
            : "[{\"role\": \"user\", \"content\": \"" + "x".repeat(length) + "\"}]";
    return String.format(
        Locale.ROOT, "{\"model\": \"%s\", " + request + "}", model.name(), maxTokens, asked);
  }

  /** Sends a request over a connection. */
  JsonPieces send(RawHttp http, String json) throws IOException {
    if (this == WEB_SOCKET) {
      RawWebSocket socket = RawWebSocket.over(http, path);
      socket.send(json);
      return JsonPieces.messages(socket);
    }
    http.sendPost(path, json);
    return switch (this) {
      case CHAT_LINES -> JsonPieces.lines(http);
      case WHOLE_CHAT, WHOLE_COMPLETION -> JsonPieces.whole(http);
      default -> JsonPieces.events(http);
    };
  }

  /** The text in a piece of the answer. */
  String text(JsonNode piece) {
    return piece.at(text).asText("");
  }

  /** How the answer ended; empty in a piece that is not the last. */
  String end(JsonNode piece) {
    return switch (piece.at(reason).asText("")) {
      case "stop", "end_of_text" -> "end";
      case "length", "max_tokens" -> "limit";
      case "null" -> "";
      case String other -> other;
    };
  }
}
