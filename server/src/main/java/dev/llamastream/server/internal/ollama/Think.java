package dev.llamastream.server.internal.ollama;

import com.fasterxml.jackson.databind.JsonNode;
import dev.llamastream.chat.ChatRequest;
import dev.llamastream.server.internal.http.Request;
import dev.llamastream.server.internal.json.ApiError;
import dev.llamastream.server.internal.json.Json;
import dev.llamastream.server.internal.json.RequestJson;
import java.util.List;
import java.util.Map;

/**
 * The field {@code think}: whether the model thinks before it answers.
 *
 * @param asked whether the request says that it does
 * @param off whether the request says that it does not
 * @param level how much, for templates that know levels; empty for the model's own
 */
record Think(boolean asked, boolean off, String level) {

  private static final List<String> LEVELS = List.of("low", "medium", "high", "max");

  /** The templates of models with these know no level above high. */
  private static final String CHANNELS = "<|channel|>";

  /**
   * Reads the field.
   *
   * @throws ApiError 400 for another value
   */
  static Think read(RequestJson json) {
    JsonNode value = json.node("think");
    if (value == null) {
      return new Think(false, false, "");
    }
    if (value.isBoolean()) {
      return new Think(value.booleanValue(), !value.booleanValue(), "");
    }
    if (value.isTextual() && LEVELS.contains(value.textValue())) {
      return new Think(true, false, value.textValue());
    }
    throw json.wrongType("think", value, "true, false, low, medium, high or max");
  }

  /**
   * Sets what a chat says about it.
   *
   * @param name what the client calls the model
   * @throws ApiError 400 if the model must think and cannot
   */
  void apply(ChatRequest.Builder chat, Request request, String name) {
    String template = request.chatTemplate();
    if (asked && !Capabilities.thinks(template)) {
      throw ApiError.refused(400, "invalid_value", Json.quote(name) + " does not support thinking");
    }
    chat.thinking(!off);
    if (!level.isEmpty()) {
      String known = level.equals("max") && template.contains(CHANNELS) ? "high" : level;
      chat.templateArguments(Map.of("reasoning_effort", Json.quote(known)));
    }
  }
}
