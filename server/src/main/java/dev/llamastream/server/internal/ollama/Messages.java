package dev.llamastream.server.internal.ollama;

import com.fasterxml.jackson.databind.JsonNode;
import dev.llamastream.chat.ChatMessage;
import dev.llamastream.server.internal.json.ChatMessages;
import dev.llamastream.server.internal.json.RequestJson;
import dev.llamastream.server.internal.json.ToolCallFields;
import java.util.List;
import java.util.Locale;

/** Reads the messages of a chat in Ollama's form. */
final class Messages {

  private Messages() {}

  /**
   * The messages.
   *
   * @param system the first message if no other instructs the model; empty for none
   * @throws dev.llamastream.server.internal.json.ApiError 400 for a value of a wrong type
   */
  static List<ChatMessage> read(List<RequestJson> messages, String system) {
    return ChatMessages.withSystem(messages.stream().map(Messages::message).toList(), system);
  }

  private static ChatMessage message(RequestJson json) {
    ChatMessage.Role role = role(json);
    ChatMessage.Builder message = ChatMessage.builder(role);
    boolean assistant = role == ChatMessage.Role.ASSISTANT;
    String content = json.text(json.called("content", "content"), "");
    if (!content.isEmpty() || !assistant) {
      message.text(content);
    }
    if (assistant) {
      message.thinking(json.text(json.called("thinking", "thinking"), ""));
      message.toolCalls(ToolCallFields.read(json));
    } else if (role == ChatMessage.Role.TOOL) {
      message.toolCallId(json.text(json.called("toolCallId", "tool_call_id"), ""));
      message.toolName(json.text(json.called("toolName", json.either("tool_name", "name")), ""));
    }
    JsonNode images = json.node("images");
    if (images != null && !images.isEmpty()) {
      throw json.error("images", "not supported: this model reads only text");
    }
    return message.build();
  }

  private static ChatMessage.Role role(RequestJson json) {
    return switch (json.text("role").toLowerCase(Locale.ROOT)) {
      case "system" -> ChatMessage.Role.SYSTEM;
      case "user" -> ChatMessage.Role.USER;
      case "assistant" -> ChatMessage.Role.ASSISTANT;
      case "tool" -> ChatMessage.Role.TOOL;
      default -> throw json.error("role", "must be system, user, assistant or tool");
    };
  }
}
