package dev.llamastream.chat;

import dev.llamastream.InvalidValueException;
import dev.llamastream.internal.json.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Messages as JSON in the form of OpenAI's API, without loss. */
final class MessagesJson {

  private static final String FIELD = "json";

  private MessagesJson() {}

  static String write(List<ChatMessage> messages) {
    List<Json> list = messages.stream().map(MessagesJson::write).toList();
    return Json.object().put("messages", Json.of(list)).build().toString();
  }

  private static Json write(ChatMessage message) {
    Json.Builder json =
        Json.object()
            .put("role", message.role().name().toLowerCase(Locale.ROOT))
            .put("content", content(message.content()))
            .putUnlessEmpty("reasoning_content", message.thinking())
            .putUnlessEmpty("tool_call_id", message.toolCallId())
            .putUnlessEmpty("name", message.toolName());
    if (!message.toolCalls().isEmpty()) {
      json.put(
          "tool_calls", Json.of(message.toolCalls().stream().map(MessagesJson::call).toList()));
    }
    return json.build();
  }

  private static Json content(List<ContentPart> parts) {
    return switch (parts.size()) {
      case 0 -> Json.Null.NULL;
      case 1 -> Json.of(((ContentPart.Text) parts.getFirst()).text());
      default -> Json.of(parts.stream().map(MessagesJson::part).toList());
    };
  }

  private static Json part(ContentPart part) {
    return switch (part) {
      case ContentPart.Text(String text) ->
          Json.object().put("type", "text").put("text", text).build();
    };
  }

  private static Json call(ToolCall call) {
    Json.Builder function =
        Json.object().put("name", call.name()).put("arguments", call.arguments());
    return Json.object()
        .put("id", call.id())
        .put("type", "function")
        .put("function", function.build())
        .build();
  }

  /**
   * Reads messages.
   *
   * @param text what {@link #write} wrote, or an array of messages
   * @throws InvalidValueException if it is something else, with the place
   */
  static List<ChatMessage> read(String text) {
    Json json;
    try {
      json = Json.parse(text);
    } catch (IllegalArgumentException e) {
      throw new InvalidValueException(FIELD, e);
    }
    Json list = json instanceof Json.Obj object ? object.members().get("messages") : json;
    if (!(list instanceof Json.Arr(List<Json> elements))) {
      throw new InvalidValueException(FIELD, "must be an object with messages");
    }
    List<ChatMessage> messages = new ArrayList<>();
    for (Json element : elements) {
      String place = "messages[" + messages.size() + "]";
      try {
        messages.add(message(object("the message", element)));
      } catch (IllegalArgumentException e) {
        throw new InvalidValueException(FIELD, place + ": " + e.getMessage());
      }
    }
    return messages;
  }

  private static ChatMessage message(Json.Obj json) {
    return ChatMessage.builder(role(string(json, "role")))
        .content(content(json))
        .thinking(string(json, "reasoning_content"))
        .toolCalls(list(json, "tool_calls").stream().map(MessagesJson::readCall).toList())
        .toolCallId(string(json, "tool_call_id"))
        .toolName(json.text("role").equals("tool") ? string(json, "name") : "")
        .build();
  }

  private static ChatMessage.Role role(String name) {
    for (ChatMessage.Role role : ChatMessage.Role.values()) {
      if (role.name().toLowerCase(Locale.ROOT).equals(name)) {
        return role;
      }
    }
    throw new IllegalArgumentException("role: \"" + name + "\" is none");
  }

  private static List<ContentPart> content(Json.Obj json) {
    return switch (json.get("content").orElse(Json.of(List.of()))) {
      case Json.Str(String text) -> List.of(new ContentPart.Text(text));
      case Json.Arr(List<Json> parts) -> parts.stream().map(MessagesJson::readPart).toList();
      default -> throw new IllegalArgumentException("content: must be a string or an array");
    };
  }

  private static ContentPart readPart(Json json) {
    Json.Obj part = object("content", json);
    if (!part.text("type").equals("text")) {
      throw new IllegalArgumentException("content: type \"" + part.text("type") + "\" is not text");
    }
    return new ContentPart.Text(string(part, "text"));
  }

  private static ToolCall readCall(Json json) {
    Json.Obj call = object("tool_calls", json);
    Json.Obj function = object("function", call.get("function").orElse(Json.Null.NULL));
    // some servers do not make a string of the arguments
    String arguments =
        function.get("arguments").orElse(Json.of("")) instanceof Json.Obj object
            ? object.toString()
            : string(function, "arguments");
    return ToolCall.of(string(call, "id"), string(function, "name"), arguments);
  }

  private static Json.Obj object(String what, Json json) {
    if (json instanceof Json.Obj object) {
      return object;
    }
    throw new IllegalArgumentException(what + ": must be an object");
  }

  private static List<Json> list(Json.Obj json, String name) {
    return switch (json.get(name).orElse(Json.of(List.of()))) {
      case Json.Arr(List<Json> elements) -> elements;
      default -> throw new IllegalArgumentException(name + ": must be an array");
    };
  }

  private static String string(Json.Obj json, String name) {
    return switch (json.get(name).orElse(Json.of(""))) {
      case Json.Str(String text) -> text;
      default -> throw new IllegalArgumentException(name + ": must be a string");
    };
  }
}
