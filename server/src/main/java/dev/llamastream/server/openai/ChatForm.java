package dev.llamastream.server.openai;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.llamastream.server.Request;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The JSON of {@code /v1/chat/completions}. */
final class ChatForm implements Form {

  private final String id = "chatcmpl-" + UUID.randomUUID();
  private final long created = Instant.now().getEpochSecond();
  private final String model;
  private final boolean logprobs;
  private final TokenTexts texts;

  ChatForm(Request request, boolean logprobs) {
    this.model = request.modelName();
    this.logprobs = logprobs;
    this.texts = new TokenTexts(request.model().tokenizer());
  }

  /** The answer at once. */
  record Completion(
      String id, String object, long created, String model, List<Choice> choices, Usage usage) {}

  /** One of n answers, which is 1. */
  record Choice(
      int index, Message message, ChatLogprobs.@Nullable Content logprobs, String finishReason) {}

  /** What the model says. */
  record Message(String role, String content, @Nullable String refusal) {}

  /** An event of a stream. */
  record Chunk(
      String id,
      String object,
      long created,
      String model,
      List<ChunkChoice> choices,
      @Nullable Usage usage) {}

  /** What is new in an event. */
  record ChunkChoice(
      int index,
      Delta delta,
      ChatLogprobs.@Nullable Content logprobs,
      @Nullable String finishReason) {}

  /** What is new in a message. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Delta(@Nullable String role, @Nullable String content) {}

  @Override
  public Object whole(Piece all, String finishReason, Usage usage) {
    Message message = new Message("assistant", all.text(), null);
    Choice choice = new Choice(0, message, logprobs(all), finishReason);
    return new Completion(id, "chat.completion", created, model, List.of(choice), usage);
  }

  @Override
  public List<Object> opening() {
    return List.of(chunk(new ChunkChoice(0, new Delta("assistant", ""), null, null)));
  }

  @Override
  public Object piece(Piece piece) {
    return chunk(new ChunkChoice(0, new Delta(null, piece.text()), logprobs(piece), null));
  }

  @Override
  public Object closing(String finishReason) {
    return chunk(new ChunkChoice(0, new Delta(null, null), null, finishReason));
  }

  @Override
  public Object usage(Usage usage) {
    return new Chunk(id, "chat.completion.chunk", created, model, List.of(), usage);
  }

  private Chunk chunk(ChunkChoice choice) {
    return new Chunk(id, "chat.completion.chunk", created, model, List.of(choice), null);
  }

  private ChatLogprobs.@Nullable Content logprobs(Piece piece) {
    return logprobs ? ChatLogprobs.of(piece.tokens(), texts) : null;
  }
}
