package dev.llamastream.server.internal.openai;

import com.fasterxml.jackson.databind.JsonNode;
import dev.llamastream.chat.ChatMessage;
import dev.llamastream.chat.ToolCall;
import dev.llamastream.server.internal.json.ChatMessages;
import dev.llamastream.server.internal.json.RequestJson;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads the input of a response: a text, or the items of a conversation. What the model said,
 * thought and called in a row becomes one message.
 */
final class InputItems {

  private final List<ChatMessage> messages = new ArrayList<>();

  /** The names of the tools that were called, by the ids of the calls. */
  private final Map<String, String> called = new HashMap<>();

  // of the assistant's message that has not ended
  private final List<String> texts = new ArrayList<>();
  private final List<String> thoughts = new ArrayList<>();
  private final List<ToolCall> calls = new ArrayList<>();

  private InputItems() {}

  /**
   * The messages, with the instructions in front.
   *
   * @param system the first message if no other instructs the model; empty for none
   * @throws dev.llamastream.server.internal.json.ApiError 400 for an item that a model of text
   *     cannot read
   */
  static List<ChatMessage> read(RequestJson json, String system) {
    InputItems items = new InputItems();
    String instructions = json.text("instructions", "");
    if (!instructions.isEmpty()) {
      items.messages.add(ChatMessage.system(instructions));
    }
    JsonNode input = json.node("input");
    if (input == null) {
      throw json.error("input", "missing, must be a text or a list of items");
    }
    if (input.isTextual()) {
      items.messages.add(ChatMessage.user(input.textValue()));
    } else {
      List<RequestJson> list = json.objects("input");
      if (list.isEmpty()) {
        throw json.error("input", "must be a text, or a list of at least 1 item");
      }
      list.forEach(items::item);
      items.endMessage();
    }
    return ChatMessages.withSystem(items.messages, system);
  }

  private void item(RequestJson item) {
    switch (item.text("type", "message")) {
      case "message" -> message(item);
      case "reasoning" -> thoughts.add(thought(item));
      case "function_call" -> call(item);
      case "function_call_output" -> result(item);
      default ->
          throw item.error(
              "type", "must be message, reasoning, function_call or function_call_output");
    }
  }

  private void message(RequestJson item) {
    String text = text(item, "content");
    switch (item.text("role")) {
      case "assistant" -> texts.add(text);
      case "user" -> add(ChatMessage.user(text));
      case "system" -> add(ChatMessage.system(text));
      case "developer" -> add(ChatMessage.developer(text));
      default -> throw item.error("role", "must be user, assistant, system or developer");
    }
  }

  private void call(RequestJson item) {
    String id = item.text(item.called("id", "call_id"));
    String name = item.text(item.called("name", "name"));
    called.put(id, name);
    calls.add(ToolCall.of(id, name, item.text(item.called("arguments", "arguments"))));
  }

  private void result(RequestJson item) {
    String id = item.text(item.called("toolCallId", "call_id"));
    add(
        ChatMessage.builder(ChatMessage.Role.TOOL)
            .toolCallId(id)
            .toolName(called.getOrDefault(id, ""))
            .text(text(item, "output"))
            .build());
  }

  /** The reasoning itself, or its summary where a client has kept only that. */
  private static String thought(RequestJson item) {
    String content = item.has("content") ? text(item, "content") : "";
    return content.isEmpty() && item.has("summary") ? text(item, "summary") : content;
  }

  private void add(ChatMessage message) {
    endMessage();
    messages.add(message);
  }

  private void endMessage() {
    if (texts.isEmpty() && thoughts.isEmpty() && calls.isEmpty()) {
      return;
    }
    ChatMessage.Builder message =
        ChatMessage.builder(ChatMessage.Role.ASSISTANT)
            .thinking(String.join("\n", thoughts))
            .toolCalls(List.copyOf(calls));
    texts.forEach(message::text);
    messages.add(message.build());
    texts.clear();
    thoughts.clear();
    calls.clear();
  }

  /** A text, or the texts of a list of parts. */
  private static String text(RequestJson item, String field) {
    JsonNode content = item.node(item.called("content", field));
    if (content == null) {
      throw item.error(field, "missing, must be a text or a list of parts");
    }
    if (content.isTextual()) {
      return content.textValue();
    }
    StringBuilder text = new StringBuilder();
    for (RequestJson part : item.objects(field)) {
      text.append(
          switch (part.text("type")) {
            case "input_text", "output_text", "summary_text", "reasoning_text", "text" ->
                part.text("text");
            case "refusal" -> part.text("refusal");
            default ->
                throw part.error("type", "must be a kind of text: this model reads only text");
          });
    }
    return text.toString();
  }
}
