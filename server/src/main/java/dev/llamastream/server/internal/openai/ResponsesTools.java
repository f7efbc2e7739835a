package dev.llamastream.server.internal.openai;

import com.fasterxml.jackson.databind.JsonNode;
import dev.llamastream.chat.ChatRequest;
import dev.llamastream.chat.Tool;
import dev.llamastream.chat.ToolChoice;
import dev.llamastream.server.internal.json.ChatFields;
import dev.llamastream.server.internal.json.RequestJson;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Reads the tools of a request for a response, and which of them the model may or must call. */
final class ResponsesTools {

  private ResponsesTools() {}

  /**
   * Reads both fields.
   *
   * @throws dev.llamastream.server.internal.json.ApiError 400 for a tool that is not a function
   */
  static void read(RequestJson json, ChatRequest.Builder chat) {
    List<Tool> tools = json.objects("tools").stream().map(ResponsesTools::tool).toList();
    json.called("toolChoice", "tool_choice");
    JsonNode choice = json.node("tool_choice");
    if (choice == null || !choice.isObject()) {
      chat.tools(tools).toolChoice(ChatFields.toolMode(json, "tool_choice"));
      return;
    }
    RequestJson object = json.object("tool_choice");
    switch (object.text("type")) {
      case "function" -> chat.tools(tools).toolChoice(ToolChoice.of(object.text("name")));
      case "allowed_tools" -> {
        chat.tools(allowed(object, tools)).toolChoice(ChatFields.toolMode(object, "mode"));
      }
      default -> throw object.error("type", "must be function or allowed_tools");
    }
  }

  private static Tool tool(RequestJson json) {
    json.requireFunction();
    return ChatFields.function(json);
  }

  private static List<Tool> allowed(RequestJson choice, List<Tool> tools) {
    Set<String> names =
        choice.objects("tools").stream().map(one -> one.text("name")).collect(Collectors.toSet());
    List<Tool> allowed = tools.stream().filter(tool -> names.contains(tool.name())).toList();
    if (allowed.isEmpty() || allowed.size() < names.size()) {
      throw choice.error("tools", "must be some of the tools");
    }
    return allowed;
  }
}
