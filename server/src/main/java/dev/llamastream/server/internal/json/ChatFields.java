package dev.llamastream.server.internal.json;

import com.fasterxml.jackson.databind.JsonNode;
import dev.llamastream.chat.ChatRequest;
import dev.llamastream.chat.Tool;
import dev.llamastream.chat.ToolChoice;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Reads a chat in OpenAI's form. This class checks types; the library checks values. */
public final class ChatFields {

  private static final String NO_PARAMETERS = "{\"type\":\"object\",\"properties\":{}}";

  private ChatFields() {}

  /**
   * Reads what only a chat has: not the sampling and the limits.
   *
   * @param defaults for what the chat does not say
   * @throws ApiError 400 for a value of a wrong type
   * @throws dev.llamastream.InvalidValueException for a value that the library rejects
   */
  public static ChatRequest.Builder read(RequestJson json, Defaults defaults) {
    ChatRequest.Builder request =
        ChatRequest.builder(ChatMessages.read(json, defaults.systemMessage()));
    json.called("prompt", "messages");
    String budget = json.either("thinking_budget_tokens", "reasoning_budget");
    request
        .template(defaults.chatTemplate())
        .tools(tools(json))
        .toolChoice(toolChoice(json))
        .parallelToolCalls(json.bool("parallel_tool_calls", true))
        .responseSchema(SchemaFields.read(json))
        .thinkingBudget(json.integer(json.called("thinkingBudget", budget), -1))
        .continueLast(json.bool(json.called("continueLast", "continue_final_message"), false))
        .addGenerationPrompt(json.bool("add_generation_prompt", true));
    templateArguments(json, json.text("reasoning_effort", ""), request);
    return request;
  }

  /**
   * Reads what only a chat has, like {@link #read}. The answer continues a last message of the
   * assistant, as in llama.cpp's server, unless the chat says otherwise.
   */
  public static ChatRequest.Builder readContinuing(RequestJson json, Defaults defaults) {
    ChatRequest.Builder request = read(json, defaults);
    if (json.bool("continue_final_message", false) && json.bool("add_generation_prompt", false)) {
      throw json.error(
          "continue_final_message", "true, must be false where add_generation_prompt is true");
    }
    boolean open = !json.has("continue_final_message") && !json.has("add_generation_prompt");
    return open && ChatMessages.isBegunAnswer(request.build().messages().getLast())
        ? request.continueLast(true)
        : request;
  }

  /**
   * Reads a chat in the server's own form, with all fields that the caller has not read yet.
   *
   * @param defaults for what the chat does not say
   * @throws ApiError 400 for an unknown field or a wrong type
   * @throws dev.llamastream.InvalidValueException for a value that the library rejects
   */
  public static ChatRequest readAll(RequestJson json, Defaults defaults) {
    ChatRequest.Builder request = read(json, defaults);
    String maxTokens = json.called("maxTokens", json.either("max_tokens", "n_predict"));
    String seed = json.called("seed", "seed");
    request
        .maxTokens(
            json.count(maxTokens, defaults.maxTokensOr(Integer.MAX_VALUE), Integer.MAX_VALUE))
        .sampler(
            SamplerFields.read(json, defaults.sampler())
                .seed(json.integer(seed, defaults.sampler().seed()))
                .build())
        .stopSequences(GenerationFields.stops(json, defaults))
        .reusePrefix(json.bool("cache_prompt", true))
        .timeout(GenerationFields.timeout(json));
    json.rejectUnknown();
    return request.build();
  }

  /**
   * The tools that the model may call.
   *
   * @throws ApiError 400 for a value of a wrong type
   * @throws dev.llamastream.InvalidValueException for a value that the library rejects
   */
  public static List<Tool> tools(RequestJson json) {
    return json.objects("tools").stream().map(ChatFields::tool).toList();
  }

  private static Tool tool(RequestJson json) {
    json.requireFunction();
    return function(json.object("function"));
  }

  /** Reads a function that the model may call. */
  public static Tool function(RequestJson function) {
    String name = function.text(function.called("name", "name"));
    String description = function.text(function.called("description", "description"), "");
    JsonNode parameters = function.node(function.called("parameters", "parameters"));
    return Tool.of(name, description, parameters == null ? NO_PARAMETERS : Json.write(parameters));
  }

  private static ToolChoice toolChoice(RequestJson json) {
    JsonNode choice = json.node(json.called("toolChoice", "tool_choice"));
    if (choice != null && choice.isObject()) {
      RequestJson tool = json.object("tool_choice");
      tool.requireFunction();
      return ToolChoice.of(tool.object("function").text("name"));
    }
    return toolMode(json, "tool_choice");
  }

  /** Reads whether the model must call a tool, where the field does not name one. */
  public static ToolChoice toolMode(RequestJson json, String field) {
    return switch (json.text(field, "auto")) {
      case "auto" -> ToolChoice.AUTO;
      case "none" -> ToolChoice.NONE;
      case "required" -> ToolChoice.REQUIRED;
      default -> throw json.error(field, "must be none, auto, required or one of the tools");
    };
  }

  /**
   * Reads the variables for the template.
   *
   * @param effort how much the model should think; none for not at all, empty for the model's own
   */
  public static void templateArguments(
      RequestJson json, String effort, ChatRequest.Builder request) {
    Map<String, String> arguments = new HashMap<>();
    if (effort.equals("none")) {
      request.thinking(false);
    } else if (!effort.isEmpty()) {
      arguments.put("reasoning_effort", Json.quote(effort));
    }
    RequestJson given = json.object("chat_template_kwargs");
    for (String name : given.names()) {
      JsonNode value = given.node(name);
      if (name.equals("enable_thinking")) {
        request.thinking(given.bool(name, true));
      } else {
        arguments.put(name, value == null ? "null" : Json.write(value));
      }
    }
    json.called("templateArguments", "chat_template_kwargs");
    request.templateArguments(arguments);
  }
}
