package dev.llamastream.server.internal.anthropic;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.llamastream.StreamStats;
import dev.llamastream.chat.ChatAnswer;
import dev.llamastream.chat.ToolCall;
import dev.llamastream.server.internal.json.ApiError;
import dev.llamastream.server.internal.json.Ids;
import dev.llamastream.server.internal.json.Json;
import dev.llamastream.server.internal.streams.ServedChat;
import dev.llamastream.server.internal.streams.ServedStream;
import org.jspecify.annotations.Nullable;

/**
 * An answer as Anthropic's API writes it.
 *
 * @param model the model's name
 * @param asked what it answers
 */
record MessageJson(String model, MessagesRequest asked) {

  /** Some clients do not send thinking back without a signature. This one is never checked. */
  static final String SIGNATURE = "llamastream";

  /** The whole message of an answer that has ended. */
  ObjectNode whole(ServedChat stream) {
    ChatAnswer answer = stream.answer();
    ObjectNode message = begun();
    ArrayNode content = message.putArray("content");
    if (!answer.thinking().isEmpty()) {
      content.add(
          thinking()
              .put("thinking", asked.showThinking() ? answer.thinking() : "")
              .put("signature", SIGNATURE));
    }
    if (!answer.text().isEmpty()) {
      content.add(text().put("text", answer.text()));
    }
    answer.toolCalls().forEach(call -> add(content, call));
    putEnd(message, stream);
    return message.set("usage", usage(stream.stats()));
  }

  /** Leaves out a call that was cut off: its input is incomplete. */
  private static void add(ArrayNode content, ToolCall call) {
    try {
      String arguments = call.arguments().isEmpty() ? "{}" : call.arguments();
      content.add(toolUse(call.id(), call.name(), Json.readObject(arguments)));
    } catch (ApiError e) {
      // stop_reason says that it was cut off
    }
  }

  /** The message of a stream that begins. */
  ObjectNode start(ServedChat stream) {
    ObjectNode message = begun();
    message.putArray("content");
    return message
        .putNull("stop_reason")
        .putNull("stop_sequence")
        .set("usage", usage(stream.stats()));
  }

  private ObjectNode begun() {
    return Json.object()
        .put("id", Ids.next("msg_"))
        .put("type", "message")
        .put("role", "assistant")
        .put("model", model);
  }

  static ObjectNode text() {
    return Json.object().put("type", "text").put("text", "");
  }

  static ObjectNode thinking() {
    return Json.object().put("type", "thinking").put("thinking", "").put("signature", "");
  }

  static ObjectNode toolUse(String id, String name, ObjectNode input) {
    return Json.object()
        .put("type", "tool_use")
        .put("id", id)
        .put("name", name)
        .set("input", input);
  }

  /** Adds {@code stop_reason} and {@code stop_sequence}. */
  ObjectNode putEnd(ObjectNode target, ServedStream stream) {
    String stop = stopSequence(stream);
    return target.put("stop_reason", stopReason(stream, stop)).put("stop_sequence", stop);
  }

  /** The stop sequence of the request that ended the stream; null if none of them did. */
  private @Nullable String stopSequence(ServedStream stream) {
    String stop = stream.stats().stopSequence();
    // the template may have others, which are the model's own way to end
    return asked.chat().stopSequences().contains(stop) ? stop : null;
  }

  private static String stopReason(ServedStream stream, @Nullable String stop) {
    return switch (stream.finishReason().orElseThrow()) {
      case END_OF_TEXT, STOP_SEQUENCE -> {
        if (stop != null) {
          yield "stop_sequence";
        }
        yield stream.toolCalls().isEmpty() ? "end_turn" : "tool_use";
      }
      case MAX_TOKENS, TIMEOUT -> "max_tokens";
      case CONTEXT_FULL -> "model_context_window_exceeded";
      case CANCELLED, SUPERSEDED, FAILED -> throw ApiError.ended();
    };
  }

  /** The token counts. Tokens from the KV cache are not among those of the input. */
  static ObjectNode usage(StreamStats stats) {
    return Json.object()
        .put("input_tokens", stats.promptTokens() - stats.cachedPromptTokens())
        .put("cache_creation_input_tokens", 0)
        .put("cache_read_input_tokens", stats.cachedPromptTokens())
        .put("output_tokens", stats.generatedTokens());
  }
}
