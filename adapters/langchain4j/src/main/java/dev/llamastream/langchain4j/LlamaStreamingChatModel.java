package dev.llamastream.langchain4j;

import dev.langchain4j.model.ModelProvider;
import dev.langchain4j.model.chat.Capability;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.listener.ChatModelListener;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import java.util.List;
import java.util.Set;

/**
 * LangChain4j's streaming chat model over an {@link dev.llamastream.engine.Engine} or a {@link
 * dev.llamastream.Context}. Thread-safe. Needs no closing.
 *
 * <p><b>Threads.</b> {@code chat} returns at once. All callbacks of an answer run on one thread of
 * its own, never on the engine's: a slow callback slows only its own answer. What a callback throws
 * goes to {@code onError}, and the answer continues.
 *
 * <p><b>Cancelling.</b> {@code StreamingHandle.cancel()} ends the generation before the next
 * decode, and no callback follows. Each part of the answer comes with the handle; {@code
 * onUnmappedRawEvent} gives it before the first one, as a {@link LlamaStreamStarted}.
 *
 * <p><b>Errors.</b> {@code chat} itself throws if the request asks for what is not supported, or
 * has a wrong value. All else goes to {@code onError}. The exceptions are those of {@link
 * LlamaChatModel}.
 *
 * @since 0.1.0
 */
public final class LlamaStreamingChatModel implements StreamingChatModel {

  private final ChatSettings settings;

  private LlamaStreamingChatModel(ChatSettings settings) {
    this.settings = settings;
  }

  /** A builder without a generator. */
  public static Builder builder() {
    return new Builder();
  }

  @Override
  public void doChat(ChatRequest request, StreamingChatResponseHandler handler) {
    new StreamedAnswer(settings, Requests.of(request, settings), handler).start();
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

  /** Builds {@link LlamaStreamingChatModel}. Not thread-safe. */
  public static final class Builder extends LlamaChatModelBuilder<Builder> {
    private Builder() {}

    @Override
    Builder self() {
      return this;
    }

    /** Checks all values and builds the model. */
    public LlamaStreamingChatModel build() {
      return new LlamaStreamingChatModel(settings());
    }
  }
}
