package dev.llamastream.spark;

import dev.llamastream.Embedder;
import dev.llamastream.Embedding;
import dev.llamastream.GenerationRequest;
import dev.llamastream.LlamaException;
import dev.llamastream.Prompt;
import dev.llamastream.SamplerParams;
import dev.llamastream.chat.ChatMessage;
import dev.llamastream.chat.ChatRequest;
import dev.llamastream.engine.Engine;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;

/** Starts the work on rows. What is wrong with a row becomes its answer. */
final class RowRequests {

  private final LocalModel model;
  private final RequestSettings settings;

  RowRequests(LocalModel model, RequestSettings settings) {
    this.model = model;
    this.settings = settings;
  }

  /** Checks what all rows have in common. */
  static void check(RequestSettings settings) {
    var _ = generation(settings, "", settings.sampler());
  }

  /**
   * Starts the work on a row.
   *
   * @param key of which the seed is made
   * @throws CancellationException if the thread is interrupted
   * @throws IllegalStateException if the engine is closed
   */
  RowWork start(String text, String key) {
    try {
      SamplerParams sampler =
          settings.sampler().toBuilder().seed(RowSeed.of(settings.seed(), key)).build();
      return switch (settings.mode()) {
        case GENERATE -> generate(model.engine(), text, sampler);
        case CHAT, JSON -> chat(model.engine(), text, sampler);
        case EMBED -> embed(model.embedder(), text);
      };
    } catch (CancellationException e) {
      if (Thread.currentThread().isInterrupted()) {
        throw e;
      }
      return new RowWork.Done(RowAnswer.failed(e));
    } catch (LlamaException | IllegalArgumentException e) {
      return new RowWork.Done(RowAnswer.failed(e));
    }
  }

  private RowWork generate(Engine engine, String text, SamplerParams sampler) {
    return new TextWork(engine.generateStream(generation(settings, text, sampler)));
  }

  private static GenerationRequest generation(
      RequestSettings settings, String text, SamplerParams sampler) {
    return GenerationRequest.builder(text)
        .maxTokens(settings.maxTokens())
        .sampler(sampler)
        .stopSequences(settings.stopSequences())
        .timeout(settings.timeout())
        .build();
  }

  private RowWork chat(Engine engine, String text, SamplerParams sampler) {
    List<ChatMessage> messages = new ArrayList<>();
    if (!settings.systemMessage().isEmpty()) {
      messages.add(ChatMessage.system(settings.systemMessage()));
    }
    messages.add(ChatMessage.user(text));
    ChatRequest request =
        ChatRequest.builder(messages)
            .responseSchema(settings.schema())
            .thinking(settings.thinking())
            .maxTokens(settings.maxTokens())
            .sampler(sampler)
            .stopSequences(settings.stopSequences())
            .timeout(settings.timeout())
            .build();
    return new ChatWork(engine.chat(request), settings.mode() == LlamaSettings.Mode.JSON);
  }

  private static RowWork embed(Embedder embedder, String text) {
    Embedding embedding = embedder.embedAll(List.of(new Prompt.Text(text))).getFirst();
    return new RowWork.Done(RowAnswer.embedding(embedding.vector(), embedding.tokens()));
  }
}
