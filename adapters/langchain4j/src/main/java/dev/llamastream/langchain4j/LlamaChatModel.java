package dev.llamastream.langchain4j;

import dev.langchain4j.model.ModelProvider;
import dev.langchain4j.model.chat.Capability;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.listener.ChatModelListener;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.llamastream.chat.ChatStream;
import java.util.List;
import java.util.Set;

/**
 * LangChain4j's chat model over an {@link dev.llamastream.engine.Engine} or a {@link
 * dev.llamastream.Context}. Thread-safe. Needs no closing.
 *
 * <p>{@code chat} waits for the whole answer. If its thread is interrupted, the generation ends,
 * and {@code chat} throws; the interrupt status stays set. It throws what LangChain4j throws:
 *
 * <ul>
 *   <li>{@link dev.langchain4j.exception.UnsupportedFeatureException}: images and other content
 *       that is not text, another {@code modelName}
 *   <li>{@link dev.langchain4j.exception.InvalidRequestException}: a value out of range, a schema
 *       that llama.cpp does not take, a prompt that is too long, messages that the model's template
 *       refuses
 *   <li>{@link dev.langchain4j.exception.RateLimitException}: the engine's queue is full
 *   <li>{@link dev.langchain4j.exception.TimeoutException}: {@link
 *       LlamaChatRequestParameters#timeout()} has passed
 *   <li>{@link dev.langchain4j.exception.InternalServerException}: the generation failed
 *   <li>{@link dev.langchain4j.exception.NonRetriableException}: the generator is closed, or the
 *       thread was interrupted
 * </ul>
 *
 * @since 0.1.0
 */
public final class LlamaChatModel implements ChatModel {

  private final ChatSettings settings;

  private LlamaChatModel(ChatSettings settings) {
    this.settings = settings;
  }

  /** A builder without a generator. */
  public static Builder builder() {
    return new Builder();
  }

  @Override
  public ChatResponse doChat(ChatRequest request) {
    dev.llamastream.chat.ChatRequest asked = Requests.of(request, settings);
    try (ContextTurn _ = ContextTurn.take(settings.generator());
        ChatStream answer = settings.generator().chat(asked)) {
      return Responses.of(answer.answer(), settings);
    } catch (RuntimeException e) {
      throw Failures.ofChat(e);
    }
  }

  @Override
  public ChatRequestParameters defaultRequestParameters() {
    return settings.parameters();
  }

  @Override
  public List<ChatModelListener> listeners() {
    return settings.listeners();
  }

  @Override
  public Set<Capability> supportedCapabilities() {
    return settings.capabilities();
  }

  @Override
  public ModelProvider provider() {
    return ModelProvider.OTHER;
  }

  /** Builds {@link LlamaChatModel}. Not thread-safe. */
  public static final class Builder extends LlamaChatModelBuilder<Builder> {
    private Builder() {}

    @Override
    Builder self() {
      return this;
    }

    /** Checks all values and builds the model. */
    public LlamaChatModel build() {
      return new LlamaChatModel(settings());
    }
  }
}
