package dev.llamastream.server.internal.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import dev.llamastream.chat.ChatMessage;
import dev.llamastream.chat.ChatMessage.Role;
import dev.llamastream.chat.ContentPart;
import dev.llamastream.chat.ToolCall;
import dev.llamastream.server.internal.json.ApiError;
import dev.llamastream.server.internal.json.ChatMessages;
import dev.llamastream.server.internal.json.Json;
import dev.llamastream.server.internal.json.RequestJson;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Makes messages of {@code system} and {@code messages}. Results of tools become messages of their
 * own. Adjacent messages of one author become one, as with Anthropic.
 */
final class Turns {

  private final List<ChatMessage> messages = new ArrayList<>();
  private final Map<String, String> toolNames = new HashMap<>();

  private Turns() {}

  /**
   * Reads the messages.
   *
   * @param system the first message if no other instructs the model; empty for none
   * @throws ApiError 400 for content that a model of text cannot read
   */
  static List<ChatMessage> read(RequestJson json, String system) {
    Turns turns = new Turns();
    turns.system(json, "system");
    List<RequestJson> list = json.objects("messages");
    if (list.isEmpty()) {
      throw json.error("messages", "must be a list of at least 1 message");
    }
    list.forEach(turns::message);
    turns.requireResults(json);
    return ChatMessages.withSystem(turns.messages, system);
  }

  private void message(RequestJson json) {
    if (!json.has("content")) {
      throw json.error("content", "missing, must be a text or a list of blocks");
    }
    switch (json.text("role")) {
      case "user" -> user(json);
      case "assistant" -> assistant(json);
      case "system" -> system(json, "content");
      default -> throw json.error("role", "must be user, assistant or system");
    }
  }

  private void system(RequestJson json, String field) {
    List<ContentPart> texts = new ArrayList<>();
    Content.read(
        json,
        field,
        text -> texts.add(new ContentPart.Text(text)),
        (type, block) -> {
          throw Content.refused(type, block, "text");
        });
    add(Role.SYSTEM, texts);
  }

  private void user(RequestJson json) {
    List<ContentPart> texts = new ArrayList<>();
    Content.read(
        json,
        "content",
        text -> texts.add(new ContentPart.Text(text)),
        (type, block) -> {
          if (!type.equals("tool_result")) {
            throw Content.refused(type, block, "text or tool_result: this model reads only text");
          }
          add(Role.USER, texts);
          texts.clear();
          messages.add(result(block));
        });
    add(Role.USER, texts);
  }

  private void add(Role role, List<ContentPart> content) {
    if (!content.isEmpty()) {
      add(ChatMessage.builder(role).content(List.copyOf(content)).build());
    }
  }

  private ChatMessage result(RequestJson block) {
    String id = block.text("tool_use_id");
    String name = toolNames.get(id);
    if (name == null) {
      throw block.error("tool_use_id", "\"" + id + "\", must be the id of a tool_use before it");
    }
    List<String> texts = new ArrayList<>();
    Content.read(
        block,
        "content",
        texts::add,
        (type, part) -> {
          throw Content.refused(type, part, "text: this model reads only text");
        });
    String result = String.join("\n", texts);
    boolean failed = block.bool("is_error", false);
    return ChatMessage.builder(Role.TOOL)
        .toolCallId(id)
        .toolName(name)
        .text(failed ? "Error: " + result : result) // templates have no other place for it
        .build();
  }

  private void assistant(RequestJson json) {
    List<ContentPart> texts = new ArrayList<>();
    StringBuilder thinking = new StringBuilder();
    List<ToolCall> calls = new ArrayList<>();
    Content.read(
        json,
        "content",
        text -> texts.add(new ContentPart.Text(text)),
        (type, block) -> {
          switch (type) {
            case "thinking" -> thinking.append(block.text("thinking"));
            case "redacted_thinking" -> {} // only its author can read it
            case "tool_use" -> calls.add(call(block));
            default ->
                throw Content.refused(type, block, "text, thinking, redacted_thinking or tool_use");
          }
        });
    add(
        ChatMessage.builder(Role.ASSISTANT)
            .content(texts)
            .thinking(thinking.toString())
            .toolCalls(calls)
            .build());
  }

  private ToolCall call(RequestJson block) {
    String id = block.text("id");
    String name = block.text("name");
    JsonNode input = block.node("input");
    if (input != null && !input.isObject()) {
      throw block.wrongType("input", input, "an object");
    }
    toolNames.put(id, name);
    return ToolCall.of(id, name, input == null ? "{}" : Json.write(input));
  }

  private void add(ChatMessage message) {
    ChatMessage last = messages.isEmpty() ? message : messages.getLast();
    if (messages.isEmpty() || last.role() != message.role()) {
      messages.add(message);
      return;
    }
    messages.set(
        messages.size() - 1,
        last.toBuilder()
            .content(joined(last.content(), message.content()))
            .thinking(last.thinking() + message.thinking())
            .toolCalls(joined(last.toolCalls(), message.toolCalls()))
            .build());
  }

  private static <T> List<T> joined(List<T> first, List<T> second) {
    return Stream.concat(first.stream(), second.stream()).toList();
  }

  private void requireResults(RequestJson json) {
    if (messages.isEmpty()) {
      throw json.error("messages", "must have at least 1 block");
    }
    if (!messages.getLast().toolCalls().isEmpty()) {
      throw json.error("messages", "end in a tool_use, must end in its tool_result");
    }
  }
}
