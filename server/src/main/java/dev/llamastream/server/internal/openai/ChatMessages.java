package dev.llamastream.server.internal.openai;

import com.fasterxml.jackson.databind.JsonNode;
import dev.llamastream.InvalidValueException;
import dev.llamastream.chat.ChatMessage;
import dev.llamastream.server.internal.json.RequestJson;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads the messages of a chat. Each content is a text, or a list of parts that are texts. */
final class ChatMessages {

  private static final Set<String> ROLES =
      Set.of("system", "developer", "user", "assistant", "tool", "function");

  private final RequestJson json;
  private final List<ChatMessage> messages = new ArrayList<>();

  private ChatMessages(RequestJson json) {
    this.json = json;
  }

  static List<ChatMessage> read(RequestJson json) {
    JsonNode list = json.node("messages");
    if (list == null || !list.isArray() || list.isEmpty()) {
      throw json.error("messages", "must be a list of at least 1 message");
    }
    ChatMessages reader = new ChatMessages(json);
    for (int i = 0; i < list.size(); i++) {
      reader.add("messages[" + i + "]", list.get(i));
    }
    return reader.messages;
  }

  private void add(String name, JsonNode message) {
    if (!message.isObject()) {
      throw json.error(name, "must be an object");
    }
    String role = message.path("role").asText();
    if (!message.path("role").isTextual() || !ROLES.contains(role)) {
      throw json.error(name + ".role", "must be system, developer, user, assistant or tool");
    }
    String content = content(name + ".content", role, message.get("content"));
    try {
      messages.add(ChatMessage.builder(role(role)).text(content).build());
    } catch (InvalidValueException e) {
      throw json.error(name + "." + e.field(), e.reason());
    }
  }

  private static ChatMessage.Role role(String name) {
    return switch (name) {
      case "system" -> ChatMessage.Role.SYSTEM;
      case "developer" -> ChatMessage.Role.DEVELOPER;
      case "assistant" -> ChatMessage.Role.ASSISTANT;
      case "tool", "function" -> ChatMessage.Role.TOOL;
      default -> ChatMessage.Role.USER;
    };
  }

  private String content(String name, String role, @Nullable JsonNode content) {
    if (content == null || content.isNull()) {
      // a message that only calls a function has no content
      if (role.equals("assistant")) {
        return "";
      }
      throw json.error(name, "missing, must be a text");
    }
    if (content.isTextual()) {
      return content.textValue();
    }
    if (!content.isArray() || content.isEmpty()) {
      throw json.error(name, "must be a text, or a list of at least 1 part");
    }
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < content.size(); i++) {
      JsonNode part = content.get(i);
      if (!part.path("type").asText().equals("text") || !part.path("text").isTextual()) {
        throw json.error(
            name + "[" + i + "]", "must be a part of type text: this model reads only text");
      }
      text.append(part.get("text").textValue());
    }
    return text.toString();
  }
}
