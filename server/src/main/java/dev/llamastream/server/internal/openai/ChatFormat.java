package dev.llamastream.server.internal.openai;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.llamastream.server.internal.http.Request;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The JSON of {@code /v1/chat/completions}. */
final class ChatFormat implements ResponseFormat {

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

  /** The model's message. */
  record Message(String role, String content, @Nullable String refusal) {}

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
  record Delta(@Nullable String role, @Nullable String content) {}

  @Override
  public Object whole(List<Ended> ended, Usage usage) {
    List<Choice> choices = new ArrayList<>();
    for (Ended one : ended) {
      Message message = new Message("assistant", one.all().text(), null);
      choices.add(new Choice(choices.size(), message, logprobs(one.all()), one.finishReason()));
    }
    return new Completion(id, "chat.completion", created, model, choices, usage);
  }

  @Override
  public List<Object> opening(int index) {
    return List.of(chunk(new ChunkChoice(index, new Delta("assistant", ""), null, null)));
  }

  @Override
  public Object piece(int index, TextChunk piece) {
    return chunk(new ChunkChoice(index, new Delta(null, piece.text()), logprobs(piece), null));
  }

  @Override
  public Object closing(int index, String finishReason) {
    return chunk(new ChunkChoice(index, new Delta(null, null), null, finishReason));
  }

  @Override
  public Object usage(Usage usage) {
    return new Chunk(id, "chat.completion.chunk", created, model, List.of(), usage);
  }

  private Chunk chunk(ChunkChoice choice) {
    return new Chunk(id, "chat.completion.chunk", created, model, List.of(choice), null);
  }

  private ChatLogprobs.@Nullable Content logprobs(TextChunk piece) {
    return logprobs ? ChatLogprobs.of(piece.tokens(), texts) : null;
  }
}
