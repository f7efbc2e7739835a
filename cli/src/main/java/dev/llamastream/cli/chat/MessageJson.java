package dev.llamastream.cli.chat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.llamastream.chat.ChatMessage;
import dev.llamastream.chat.ChatMessage.Role;
import dev.llamastream.chat.ContentPart;
import dev.llamastream.chat.ToolCall;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A message in OpenAI's form. Thinking is in {@code reasoning_content}, as llama.cpp has it. */
final class MessageJson {

  private static final String CONTENT = "content";
  private static final String THINKING = "reasoning_content";
  private static final String CALLS = "tool_calls";

  private MessageJson() {}

  static void write(ChatMessage message, ObjectNode json) {
    json.put("role", message.role().name().toLowerCase(Locale.ROOT));
    if (!message.thinking().isEmpty()) {
      json.put(THINKING, message.thinking());
    }
    switch (message.content().size()) {
      case 0 -> json.putNull(CONTENT);
      case 1 -> json.put(CONTENT, message.text());
      default -> message.content().forEach(part -> write(part, json));
    }
    message.toolCalls().forEach(call -> write(call, json));
    if (!message.toolCallId().isEmpty()) {
      json.put("tool_call_id", message.toolCallId());
    }
    if (!message.toolName().isEmpty()) {
      json.put("name", message.toolName());
    }
  }

  private static void write(ContentPart part, ObjectNode json) {
    switch (part) {
      case ContentPart.Text text ->
          json.withArray("/" + CONTENT).addObject().put("type", "text").put("text", text.text());
    }
  }

  private static void write(ToolCall call, ObjectNode json) {
    ObjectNode node = json.withArray("/" + CALLS).addObject();
    node.put("id", call.id()).put("type", "function");
    node.putObject("function").put("name", call.name()).put("arguments", call.arguments());
  }

  /**
   * Reads a message.
   *
   * @throws IllegalArgumentException if it is none, or has something other than text
   */
  static ChatMessage read(JsonNode json) {
    return ChatMessage.builder(role(json.path("role").asText()))
        .content(content(json.path(CONTENT)))
        .thinking(json.path(THINKING).asText(""))
        .toolCalls(toolCalls(json.path(CALLS)))
        .toolCallId(json.path("tool_call_id").asText(""))
        .toolName(isTool(json) ? json.path("name").asText("") : "")
        .build();
  }

  /** OpenAI's other messages may have a name too: the author's. */
  private static boolean isTool(JsonNode json) {
    return json.path("role").asText().equals("tool");
  }

  private static Role role(String name) {
    for (Role role : Role.values()) {
      if (role.name().toLowerCase(Locale.ROOT).equals(name)) {
        return role;
      }
    }
    throw new IllegalArgumentException("role: '" + name + "', must be one of OpenAI's");
  }

  private static List<ContentPart> content(JsonNode json) {
    List<ContentPart> parts = new ArrayList<>();
    if (json.isTextual()) {
      parts.add(new ContentPart.Text(json.textValue()));
    } else if (json.isArray()) {
      json.forEach(part -> parts.add(text(part)));
    } else if (!json.isNull() && !json.isMissingNode()) {
      throw new IllegalArgumentException("content: must be a text or parts");
    }
    return parts;
  }

  private static ContentPart text(JsonNode part) {
    if (!part.path("type").asText().equals("text") || !part.path("text").isTextual()) {
      throw new IllegalArgumentException("content: only texts can be loaded");
    }
    return new ContentPart.Text(part.path("text").textValue());
  }

  private static List<ToolCall> toolCalls(JsonNode json) {
    List<ToolCall> calls = new ArrayList<>();
    for (JsonNode call : json) {
      JsonNode function = call.path("function");
      calls.add(
          ToolCall.of(
              call.path("id").asText(""),
              function.path("name").asText(""),
              function.path("arguments").asText("")));
    }
    return calls;
  }
}
