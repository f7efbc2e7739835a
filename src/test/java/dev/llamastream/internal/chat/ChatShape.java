package dev.llamastream.internal.chat;

import dev.llamastream.chat.ChatMessage;
import dev.llamastream.chat.ChatRequest;
import dev.llamastream.chat.Tool;
import dev.llamastream.chat.ToolCall;
import dev.llamastream.internal.json.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;

/** Conversations that have the same shape whatever their texts are. */
final class ChatShape {

  private final Random random;
  private final Supplier<String> texts;
  private boolean tools;

  ChatShape(Random random, Supplier<String> texts) {
    this.random = random;
    this.texts = texts;
  }

  ChatRequest request(String template) {
    tools = random.nextInt(3) == 0;
    List<ChatMessage> messages = new ArrayList<>();
    if (random.nextBoolean()) {
      messages.add(ChatMessage.system(texts.get()));
    }
    for (int i = random.nextInt(3); i > 0; i--) {
      messages.add(message(ChatMessage.Role.USER));
      if (tools && random.nextBoolean()) {
        call(messages);
      }
      messages.add(answer());
    }
    messages.add(message(ChatMessage.Role.USER));
    ChatRequest.Builder request = ChatRequest.builder(messages).template(template);
    if (random.nextInt(4) == 0) {
      messages.add(ChatMessage.assistant(texts.get()));
      request = ChatRequest.builder(messages).template(template).continueLast(random.nextBoolean());
    }
    if (tools) {
      request.tools(tool("first"), tool("second"));
    }
    if (random.nextInt(5) == 0) {
      request.templateArguments(Map.of("custom", Json.of(texts.get()).toString()));
    }
    return request.build();
  }

  private ChatMessage message(ChatMessage.Role role) {
    ChatMessage.Builder message = ChatMessage.builder(role).text(texts.get());
    for (int i = random.nextInt(4); i == 1 || i == 2; i--) {
      message.text(texts.get());
    }
    return message.build();
  }

  private ChatMessage answer() {
    ChatMessage answer = ChatMessage.assistant(texts.get());
    return random.nextInt(3) == 0 ? answer.toBuilder().thinking(texts.get()).build() : answer;
  }

  private void call(List<ChatMessage> messages) {
    Json arguments =
        Json.object()
            .put(texts.get(), texts.get())
            .put("list", Json.of(List.of(Json.of(texts.get()), Json.of(1))))
            .build();
    ToolCall call = ToolCall.of(texts.get(), "first", arguments.toString());
    messages.add(ChatMessage.builder(ChatMessage.Role.ASSISTANT).toolCalls(List.of(call)).build());
    messages.add(ChatMessage.toolResult(call, texts.get()));
  }

  private Tool tool(String name) {
    Json property =
        Json.object()
            .put("type", "string")
            .put("description", texts.get())
            .put("enum", Json.of(List.of(Json.of(texts.get() + "1"), Json.of(texts.get() + "2"))))
            .build();
    Json schema =
        Json.object()
            .put("type", "object")
            .put("properties", Json.object().put(texts.get(), property).build())
            .build();
    return Tool.of(name, texts.get(), schema.toString());
  }
}
