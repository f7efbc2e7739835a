package dev.llamastream.server.internal.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import dev.llamastream.chat.ChatRequest;
import dev.llamastream.chat.Tool;
import dev.llamastream.chat.ToolChoice;
import dev.llamastream.server.internal.json.Json;
import dev.llamastream.server.internal.json.RequestJson;
import java.util.List;

/** Reads {@code tools} and {@code tool_choice}. */
final class ToolFields {

  private ToolFields() {}

  static void read(RequestJson json, ChatRequest.Builder chat) {
    List<Tool> tools = json.objects("tools").stream().map(ToolFields::tool).toList();
    RequestJson choice = json.object(json.called("toolChoice", "tool_choice"));
    chat.tools(tools)
        .toolChoice(choice(choice, tools))
        .parallelToolCalls(!choice.bool("disable_parallel_tool_use", false));
  }

  private static Tool tool(RequestJson json) {
    String type = json.text("type", "custom");
    if (!type.equals("custom")) {
      throw json.error("type", type + " is not supported, must be custom");
    }
    String name = json.text(json.called("name", "name"));
    String description = json.text(json.called("description", "description"), "");
    JsonNode schema = json.node(json.called("parameters", "input_schema"));
    if (schema == null) {
      throw json.error("input_schema", "missing, must be a JSON schema");
    }
    if (!schema.isObject()) {
      throw json.wrongType("input_schema", schema, "a JSON schema of an object");
    }
    return Tool.of(name, description, Json.write(schema));
  }

  private static ToolChoice choice(RequestJson json, List<Tool> tools) {
    return switch (json.text("type", "auto")) {
      case "auto" -> ToolChoice.AUTO;
      case "none" -> ToolChoice.NONE;
      case "any" -> {
        if (tools.isEmpty()) {
          throw json.error("type", "any, but there are no tools");
        }
        yield ToolChoice.REQUIRED;
      }
      case "tool" -> ToolChoice.of(json.text("name"));
      default -> throw json.error("type", "must be auto, any, tool or none");
    };
  }
}
