package dev.llamastream.server.internal.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import dev.llamastream.SamplerParams;
import dev.llamastream.chat.ChatMessage;
import dev.llamastream.chat.ChatRequest;
import dev.llamastream.server.internal.http.Request;
import dev.llamastream.server.internal.json.ApiError;
import dev.llamastream.server.internal.json.Defaults;
import dev.llamastream.server.internal.json.Json;
import dev.llamastream.server.internal.json.RequestJson;
import dev.llamastream.server.internal.json.SamplerFields;
import dev.llamastream.server.internal.json.SchemaFields;
import java.util.List;
import java.util.Map;

/**
 * A request that was read.
 *
 * @param stream whether to respond with events
 * @param showThinking whether the response says what the model thinks
 */
record MessagesRequest(ChatRequest chat, boolean stream, boolean showThinking) {

  /** Reads a request for an answer. */
  static MessagesRequest answer(Request request) {
    RequestJson json = request.json();
    if (!json.has("max_tokens")) {
      throw json.error("max_tokens", "missing, must be in [0, 2147483647]");
    }
    return read(json, request.defaults());
  }

  /** Reads a request for the length of its prompt, which needs no {@code max_tokens}. */
  static ChatRequest prompt(Request request) {
    return read(request.json(), request.defaults()).chat;
  }

  /**
   * Reads all fields.
   *
   * @throws ApiError 400 for a value of a wrong type or out of its range, and for a field that asks
   *     for an unsupported feature
   */
  static MessagesRequest read(RequestJson json, Defaults defaults) {
    json.text("model", "");
    List<ChatMessage> messages = Turns.read(json, defaults.systemMessage());
    ChatRequest.Builder chat =
        ChatRequest.builder(messages)
            .template(defaults.chatTemplate())
            // the answer continues a last message of the assistant
            .continueLast(messages.getLast().role() == ChatMessage.Role.ASSISTANT)
            .maxTokens(
                json.integer(json.called("maxTokens", "max_tokens"), 0, 0, Integer.MAX_VALUE))
            .stopSequences(stops(json, defaults))
            .sampler(sampler(json, defaults.sampler()));
    json.called("prompt", "messages");
    json.called("continueLast", "messages");
    ToolFields.read(json, chat);
    boolean showThinking = thinking(json, chat);
    output(json.object("output_config"), chat);
    boolean stream = json.bool("stream", false);
    OtherFields.check(json);
    return new MessagesRequest(chat.build(), stream, showThinking);
  }

  private static List<String> stops(RequestJson json, Defaults defaults) {
    return json.has("stop_sequences")
        ? json.texts(json.called("stopSequences", "stop_sequences"))
        : defaults.stopSequences();
  }

  private static SamplerParams sampler(RequestJson json, SamplerParams defaults) {
    JsonNode temperature = json.node("temperature");
    double asked = json.number("temperature", 0);
    if (temperature != null && (asked < 0 || asked > 1)) {
      throw json.wrongType("temperature", temperature, "in [0, 1]");
    }
    SamplerParams.Builder sampler = SamplerFields.read(json, defaults);
    return sampler.seed(json.integer(json.called("seed", "seed"), defaults.seed())).build();
  }

  /** Reads whether the model thinks; by default it does not. Returns whether to show that. */
  private static boolean thinking(RequestJson json, ChatRequest.Builder chat) {
    RequestJson thinking = json.object("thinking");
    switch (thinking.text("type", "disabled")) {
      case "disabled" -> chat.thinking(false);
      case "adaptive" -> chat.thinking(true);
      case "enabled" ->
          chat.thinking(true)
              .thinkingBudget(thinking.integer("budget_tokens", -1, 1, Integer.MAX_VALUE));
      default -> throw thinking.error("type", "must be enabled, disabled or adaptive");
    }
    return switch (thinking.text("display", "summarized")) {
      case "summarized" -> true;
      case "omitted" -> false;
      default -> throw thinking.error("display", "must be summarized or omitted");
    };
  }

  private static void output(RequestJson config, ChatRequest.Builder chat) {
    if (config.has("effort")) {
      chat.templateArguments(Map.of("reasoning_effort", Json.quote(config.text("effort"))));
    }
    if (config.has("format")) {
      RequestJson format = config.object("format");
      if (!format.text("type").equals("json_schema")) {
        throw format.error("type", "must be json_schema");
      }
      chat.responseSchema(SchemaFields.schema(format, "schema"));
    }
  }
}
