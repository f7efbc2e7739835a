package dev.llamastream.server.internal.json;

import com.fasterxml.jackson.databind.JsonNode;
import dev.llamastream.chat.ChatMessage;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads the messages of a chat in OpenAI's form. Each content is a text, or a list of parts that
 * are texts. Fields of a message that the model does not get are ignored.
 */
public final class ChatMessages {

  private ChatMessages() {}

  /**
   * The messages.
   *
   * @param system the first message if no other instructs the model; empty for none
   */
  static List<ChatMessage> read(RequestJson json, String system) {
    List<RequestJson> list = json.objects("messages");
    if (list.isEmpty()) {
      throw json.error("messages", "must be a list of at least 1 message");
    }
    List<ChatMessage> messages = new ArrayList<>();
    list.forEach(one -> messages.add(message(one)));
    return withSystem(messages, system);
  }

  /** Puts the system's text in front, unless it is empty or a message instructs the model. */
  public static List<ChatMessage> withSystem(List<ChatMessage> messages, String system) {
    if (system.isEmpty() || messages.stream().anyMatch(ChatMessages::instructs)) {
      return messages;
    }
    List<ChatMessage> all = new ArrayList<>(messages);
    all.addFirst(ChatMessage.system(system));
    return all;
  }

  /** Whether an answer may continue this message: it is a text of the assistant. */
  public static boolean isBegunAnswer(ChatMessage message) {
    return message.role() == ChatMessage.Role.ASSISTANT
        && message.toolCalls().isEmpty()
        && !message.text().isEmpty();
  }

  /** A developer is what newer clients call the system. */
  private static boolean instructs(ChatMessage message) {
    return message.role() == ChatMessage.Role.SYSTEM
        || message.role() == ChatMessage.Role.DEVELOPER;
  }

  private static ChatMessage message(RequestJson json) {
    ChatMessage.Role role = role(json);
    ChatMessage.Builder message = ChatMessage.builder(role);
    boolean assistant = role == ChatMessage.Role.ASSISTANT;
    String content = content(json, assistant);
    if (!content.isEmpty() || !assistant) {
      message.text(content);
    }
    if (assistant) {
      String thinking = json.either("reasoning_content", "reasoning");
      message.thinking(json.text(json.called("thinking", thinking), ""));
      message.toolCalls(ToolCallFields.read(json));
    } else if (role == ChatMessage.Role.TOOL) {
      message.toolCallId(json.text(json.called("toolCallId", "tool_call_id"), ""));
      message.toolName(json.text(json.called("toolName", "name"), ""));
    }
    json.called("content", "content");
    return message.build();
  }

  private static ChatMessage.Role role(RequestJson json) {
    JsonNode role = json.node("role");
    return switch (role == null ? "" : role.asText()) {
      case "system" -> ChatMessage.Role.SYSTEM;
      case "developer" -> ChatMessage.Role.DEVELOPER;
      case "user" -> ChatMessage.Role.USER;
      case "assistant" -> ChatMessage.Role.ASSISTANT;
      case "tool", "function" -> ChatMessage.Role.TOOL;
      default -> throw json.error("role", "must be system, developer, user, assistant or tool");
    };
  }

  private static String content(RequestJson json, boolean optional) {
    JsonNode content = json.node(json.called("content", "content"));
    if (content == null && !optional) {
      throw json.error("content", "missing, must be a text");
    }
    if (content == null || content.isTextual()) {
      return content == null ? "" : content.textValue();
    }
    if (!content.isArray() || content.isEmpty()) {
      throw json.error("content", "must be a text, or a list of at least 1 part");
    }
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < content.size(); i++) {
      JsonNode part = content.get(i);
      if (!part.path("type").asText().equals("text") || !part.path("text").isTextual()) {
        throw json.error(
            "content[" + i + "]", "must be a part of type text: this model reads only text");
      }
      text.append(part.get("text").textValue());
    }
    return text.toString();
  }
}
