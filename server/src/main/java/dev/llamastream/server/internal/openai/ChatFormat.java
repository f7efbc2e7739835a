package dev.llamastream.server.internal.openai;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.llamastream.Token;
import dev.llamastream.chat.ChatAnswer;
import dev.llamastream.chat.ChatDelta;
import dev.llamastream.server.internal.http.Request;
import dev.llamastream.server.internal.json.TokenTexts;
import dev.llamastream.server.internal.streams.ChatChoice;
import dev.llamastream.server.internal.streams.ServedChat;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The JSON of {@code /v1/chat/completions}. */
final class ChatFormat implements ResponseFormat<ServedChat, ChatFormat.Choice> {

  private final String id = "chatcmpl-" + UUID.randomUUID();
  private final long created = Instant.now().getEpochSecond();
  private final String model;
  private final boolean logprobs;
  private final TokenTexts texts;

  ChatFormat(Request request, boolean logprobs) {
    this.model = request.modelName();
    this.logprobs = logprobs;
    this.texts = new TokenTexts(request.model().tokenizer());
  }

  /** The response without streaming. */
  record Completion(
      String id, String object, long created, String model, List<Choice> choices, Usage usage) {}

  /** One of n choices. */
  record Choice(
      int index, Message message, ChatLogprobs.@Nullable Content logprobs, String finishReason) {}

  /**
   * The model's message.
   *
   * @param reasoning the same as reasoningContent: clients know the one or the other
   */
  record Message(
      String role,
      @Nullable String content,
      @Nullable String refusal,
      @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String reasoningContent,
      @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String reasoning,
      @JsonInclude(JsonInclude.Include.NON_EMPTY) List<ChatCall> toolCalls) {}

  /** An event of a stream. */
  record Chunk(
      String id,
      String object,
      long created,
      String model,
      List<ChunkChoice> choices,
      @Nullable Usage usage) {}

  /** The new part of a choice in an event. */
  record ChunkChoice(
      int index,
      Delta delta,
      ChatLogprobs.@Nullable Content logprobs,
      @Nullable String finishReason) {}

  /** The new part of a message. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Delta(
      @Nullable String role,
      @Nullable String content,
      @Nullable String reasoningContent,
      @Nullable String reasoning,
      @Nullable List<ChatCall> toolCalls) {

    static final Delta OPENING = new Delta("assistant", "", null, null, null);
    static final Delta CLOSING = new Delta(null, null, null, null, null);

    static Delta of(ChatDelta delta) {
      return switch (delta) {
        case ChatDelta.Text(String text) -> new Delta(null, text, null, null, null);
        case ChatDelta.Thinking(String text) -> new Delta(null, null, text, text, null);
        case ChatDelta.ToolCallBegun begun ->
            new Delta(null, null, null, null, List.of(ChatCall.begun(begun)));
        case ChatDelta.ToolCallArguments more ->
            new Delta(null, null, null, null, List.of(ChatCall.more(more)));
        case ChatDelta.ToolCallDone _ -> CLOSING;
      };
    }
  }

  @Override
  public Choice choice(int index, ServedChat stream) {
    List<Token> tokens = new ChatChoice(stream).tokens();
    return new Choice(
        index, message(stream.answer()), logprobs(tokens), OpenAiFinish.reason(stream));
  }

  private static Message message(ChatAnswer answer) {
    boolean onlyCalls = answer.text().isEmpty() && !answer.toolCalls().isEmpty();
    String thinking = answer.thinking().isEmpty() ? null : answer.thinking();
    return new Message(
        "assistant",
        onlyCalls ? null : answer.text(),
        null,
        thinking,
        thinking,
        answer.toolCalls().stream().map(ChatCall::of).toList());
  }

  @Override
  public Object whole(List<Choice> choices, Usage usage) {
    return new Completion(id, "chat.completion", created, model, choices, usage);
  }

  @Override
  public List<Object> opening(int index) {
    return List.of(chunk(new ChunkChoice(index, Delta.OPENING, null, null)));
  }

  @Override
  public void events(int index, ServedChat stream, Consumer<Object> receiver) {
    new ChatChoice(stream)
        .forEachDelta(
            (delta, tokens) ->
                receiver.accept(
                    chunk(new ChunkChoice(index, Delta.of(delta), logprobs(tokens), null))));
    receiver.accept(
        chunk(new ChunkChoice(index, Delta.CLOSING, null, OpenAiFinish.reason(stream))));
  }

  @Override
  public Object usage(Usage usage) {
    return new Chunk(id, "chat.completion.chunk", created, model, List.of(), usage);
  }

  private Chunk chunk(ChunkChoice choice) {
    return new Chunk(id, "chat.completion.chunk", created, model, List.of(choice), null);
  }

  private ChatLogprobs.@Nullable Content logprobs(List<Token> tokens) {
    return logprobs ? ChatLogprobs.of(tokens, texts) : null;
  }
}
