package dev.llamastream.server.internal.ollama;

import dev.llamastream.chat.ChatMessage;
import dev.llamastream.chat.ChatRequest;
import dev.llamastream.server.internal.http.Handler;
import dev.llamastream.server.internal.http.Request;
import dev.llamastream.server.internal.json.ChatFields;
import dev.llamastream.server.internal.json.ChatMessages;
import dev.llamastream.server.internal.json.RequestJson;
import dev.llamastream.server.internal.streams.ServedChat;
import java.util.List;

/** {@code /api/chat}. */
final class ChatHandler implements Handler {

  @Override
  public void handle(Request request) {
    RequestJson json = request.json();
    CommonFields asked = CommonFields.read(request);
    List<RequestJson> messages = json.objects("messages");
    if (messages.isEmpty()) {
      Options.read(request, true);
      OtherFields.check(json);
      AnswerWriter.replyWithout(request, asked, Shape.CHAT);
      return;
    }
    ChatRequest chat = read(request, asked, messages);
    try (ServedChat answer = request.openChat(chat)) {
      new AnswerWriter(request, asked, Shape.CHAT, ContextTokens.NONE).give(Pieces.of(answer));
    }
  }

  private static ChatRequest read(Request request, CommonFields asked, List<RequestJson> messages) {
    request.requireChatTemplate();
    RequestJson json = request.json();
    List<ChatMessage> read = Messages.read(messages, request.defaults().systemMessage());
    json.called("prompt", "messages");
    ChatRequest.Builder chat =
        ChatRequest.builder(read)
            .continueLast(ChatMessages.isBegunAnswer(read.getLast()))
            .parallelToolCalls(true)
            .tools(ChatFields.tools(json));
    chat(request, asked, chat, asked.schema().isEmpty() && !json.has("tools"));
    OtherFields.check(json);
    return chat.build();
  }

  /** Sets what {@code /api/generate} has as well. */
  static void chat(Request request, CommonFields asked, ChatRequest.Builder chat, boolean free) {
    Options options = Options.read(request, free);
    asked.think().apply(chat, request, asked.model());
    chat.template(request.defaults().chatTemplate())
        .responseSchema(asked.schema())
        .sampler(options.sampler())
        .maxTokens(options.maxTokens())
        .stopSequences(options.stops())
        .logprobs(asked.logprobs())
        .collectTokens(asked.logprobs())
        .topLogprobs(Math.max(0, asked.top()));
  }
}
