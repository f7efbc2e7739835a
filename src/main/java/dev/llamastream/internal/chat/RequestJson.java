package dev.llamastream.internal.chat;

import dev.llamastream.chat.ChatMessage;
import dev.llamastream.chat.ChatRequest;
import dev.llamastream.chat.ContentPart;
import dev.llamastream.chat.Tool;
import dev.llamastream.chat.ToolCall;
import dev.llamastream.chat.ToolChoice;
import dev.llamastream.internal.json.Json;
import java.util.List;
import java.util.Locale;

/** A request as llamastream.h describes it: the form of OpenAI's API. */
final class RequestJson {

  private static final String ANY_OBJECT = "{\"type\":\"object\"}";

  private RequestJson() {}

  static String of(ChatRequest request) {
    Json.Builder json =
        Json.object()
            .put("messages", Json.of(request.messages().stream().map(RequestJson::of).toList()))
            .put("thinking", request.thinking())
            .put("add_generation_prompt", request.addGenerationPrompt())
            .put("continue_final_message", request.continueLast());
    if (!request.tools().isEmpty()) {
      json.put("tools", Json.of(request.tools().stream().map(RequestJson::of).toList()));
    }
    switch (request.toolChoice()) {
      case ToolChoice.Mode mode ->
          json.put("tool_choice", mode.name().toLowerCase(Locale.ROOT))
              .put("parallel_tool_calls", request.parallelToolCalls());
      // a tool that is named is called once, as with OpenAI
      case ToolChoice.Named(String tool) ->
          json.put("tool_choice", "required").put("only_tool", tool);
    }
    if (request.responseJson()) {
      json.put("json_schema", Json.parse(ANY_OBJECT));
    } else if (!request.responseSchema().isEmpty()) {
      json.put("json_schema", Json.parse(request.responseSchema()));
    }
    Json.Builder arguments = Json.object();
    request.templateArguments().forEach((name, value) -> arguments.put(name, Json.parse(value)));
    return json.put("template_arguments", arguments.build()).build().toString();
  }

  private static Json of(ChatMessage message) {
    Json.Builder json =
        Json.object()
            .put("role", message.role().name().toLowerCase(Locale.ROOT))
            .put("content", content(message.content()))
            .putUnlessEmpty("reasoning_content", message.thinking())
            .putUnlessEmpty("tool_call_id", message.toolCallId())
            .putUnlessEmpty("name", message.toolName());
    if (!message.toolCalls().isEmpty()) {
      json.put("tool_calls", Json.of(message.toolCalls().stream().map(RequestJson::of).toList()));
    }
    return json.build();
  }

  private static Json content(List<ContentPart> parts) {
    List<Json> texts = parts.stream().map(part -> text((ContentPart.Text) part)).toList();
    return switch (parts.size()) {
      case 0 -> Json.of("");
      case 1 -> Json.of(((ContentPart.Text) parts.getFirst()).text());
      default -> Json.of(texts);
    };
  }

  private static Json text(ContentPart.Text part) {
    return Json.object().put("type", "text").put("text", part.text()).build();
  }

  private static Json of(ToolCall call) {
    Json.Builder function =
        Json.object().put("name", call.name()).put("arguments", arguments(call.arguments()));
    return Json.object()
        .put("type", "function")
        .putUnlessEmpty("id", call.id())
        .put("function", function.build())
        .build();
  }

  /** Templates read the arguments, so a text that was cut off becomes a string. */
  private static String arguments(String text) {
    try {
      Json.parse(text);
      return text;
    } catch (IllegalArgumentException e) {
      return Json.of(text).toString();
    }
  }

  private static Json of(Tool tool) {
    Json.Builder function =
        Json.object()
            .put("name", tool.name())
            .put("description", tool.description())
            .put("parameters", Json.parse(tool.parameters()));
    return Json.object().put("type", "function").put("function", function.build()).build();
  }
}
