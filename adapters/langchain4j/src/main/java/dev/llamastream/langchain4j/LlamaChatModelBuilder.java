package dev.llamastream.langchain4j;

import static java.util.Objects.requireNonNull;

import dev.langchain4j.model.chat.Capability;
import dev.langchain4j.model.chat.listener.ChatModelListener;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.request.DefaultChatRequestParameters;
import dev.langchain4j.model.chat.request.ResponseFormat;
import dev.langchain4j.model.chat.request.ToolChoice;
import dev.llamastream.Generator;
import dev.llamastream.SamplerParams;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the builders of {@link LlamaChatModel} and {@link LlamaStreamingChatModel} have in common.
 * As in LangChain4j, null removes a value. Not thread-safe.
 *
 * @param <B> the builder itself
 * @since 0.1.0
 */
public abstract sealed class LlamaChatModelBuilder<B extends LlamaChatModelBuilder<B>>
    permits LlamaChatModel.Builder, LlamaStreamingChatModel.Builder {

  private @Nullable Generator generator;
  private @Nullable String modelName;
  private ChatRequestParameters defaults = DefaultChatRequestParameters.EMPTY;
  private final LlamaChatRequestParameters.Builder parameters =
      LlamaChatRequestParameters.builder();
  private List<ChatModelListener> listeners = List.of();
  private Set<Capability> capabilities = Set.of(Capability.RESPONSE_FORMAT_JSON_SCHEMA);
  private boolean returnThinking;
  private boolean sendThinking;

  LlamaChatModelBuilder() {}

  abstract B self();

  /**
   * What answers: an {@link dev.llamastream.engine.Engine} or a {@link dev.llamastream.Context}.
   * Required. The model does not close it. Requests to a context wait for each other, in all models
   * that share it.
   */
  public B generator(Generator value) {
    generator = requireNonNull(value, "generator");
    return self();
  }

  /**
   * The name of the model for listeners and for the metadata of answers. A request that names
   * another one is refused. Default {@code llamastream}, which listeners do not see.
   */
  public B modelName(@Nullable String value) {
    modelName = value;
    return self();
  }

  /**
   * Parameters of all requests that do not set their own: LangChain4j's, or {@link
   * LlamaChatRequestParameters}. What is set at this builder counts more.
   */
  public B defaultRequestParameters(@Nullable ChatRequestParameters value) {
    defaults = value == null ? DefaultChatRequestParameters.EMPTY : value;
    return self();
  }

  /** See {@link SamplerParams#temperature()}. */
  public B temperature(@Nullable Double value) {
    parameters.temperature(value);
    return self();
  }

  /** See {@link SamplerParams#topP()}. */
  public B topP(@Nullable Double value) {
    parameters.topP(value);
    return self();
  }

  /** See {@link SamplerParams#topK()}. */
  public B topK(@Nullable Integer value) {
    parameters.topK(value);
    return self();
  }

  /** See {@link SamplerParams#frequencyPenalty()}. */
  public B frequencyPenalty(@Nullable Double value) {
    parameters.frequencyPenalty(value);
    return self();
  }

  /** See {@link SamplerParams#presencePenalty()}. */
  public B presencePenalty(@Nullable Double value) {
    parameters.presencePenalty(value);
    return self();
  }

  /** The maximum number of tokens of an answer, thinking included. Default as many as fit. */
  public B maxOutputTokens(@Nullable Integer value) {
    parameters.maxOutputTokens(value);
    return self();
  }

  /** Texts that end an answer, which does not contain them. */
  public B stopSequences(@Nullable List<String> value) {
    parameters.stopSequences(value);
    return self();
  }

  /** Texts that end an answer, which does not contain them. */
  public B stopSequences(String... values) {
    return stopSequences(Arrays.asList(values.clone()));
  }

  /**
   * Whether the model must call a tool. {@code REQUIRED} does not suit an AI service: it asks again
   * with the result of each call, and so would never get an answer.
   */
  public B toolChoice(@Nullable ToolChoice value) {
    parameters.toolChoice(value);
    return self();
  }

  /** Text, any JSON object, or JSON that follows a schema. */
  public B responseFormat(@Nullable ResponseFormat value) {
    parameters.responseFormat(value);
    return self();
  }

  /** See {@link LlamaChatRequestParameters#sampler()}. */
  public B sampler(@Nullable SamplerParams value) {
    parameters.sampler(value);
    return self();
  }

  /** See {@link LlamaChatRequestParameters#thinking()}. */
  public B thinking(@Nullable Boolean value) {
    parameters.thinking(value);
    return self();
  }

  /** See {@link LlamaChatRequestParameters#parallelToolCalls()}. */
  public B parallelToolCalls(@Nullable Boolean value) {
    parameters.parallelToolCalls(value);
    return self();
  }

  /** See {@link LlamaChatRequestParameters#timeout()}. */
  public B timeout(@Nullable Duration value) {
    parameters.timeout(value);
    return self();
  }

  /** Whether answers have what the model thought before: {@code AiMessage.thinking()}. */
  public B returnThinking(boolean value) {
    returnThinking = value;
    return self();
  }

  /** Whether the model sees the thinking in the messages of a request. */
  public B sendThinking(boolean value) {
    sendThinking = value;
    return self();
  }

  /** The listeners of requests, answers and errors. */
  public B listeners(List<ChatModelListener> value) {
    listeners = List.copyOf(value);
    return self();
  }

  /** The listeners of requests, answers and errors. */
  public B listeners(ChatModelListener... values) {
    return listeners(List.of(values));
  }

  /**
   * What AI services may use. Default {@link Capability#RESPONSE_FORMAT_JSON_SCHEMA}; without it,
   * they describe the form of the answer in words.
   */
  public B supportedCapabilities(Set<Capability> value) {
    capabilities = Set.copyOf(value);
    return self();
  }

  /** See {@link #supportedCapabilities(Set)}. */
  public B supportedCapabilities(Capability... values) {
    return supportedCapabilities(Set.of(values));
  }

  final ChatSettings settings() {
    if (generator == null) {
      throw new IllegalArgumentException(
          "generator: not set, must be an Engine or a Context: generator(Engine.open(model))");
    }
    LlamaChatRequestParameters all =
        LlamaChatRequestParameters.builder()
            .modelName(modelName)
            .overrideWith(defaults)
            .overrideWith(parameters.build())
            .build();
    String name = modelName == null ? "llamastream" : modelName;
    Requests.checkDefaults(all, name);
    return new ChatSettings(
        generator, name, all, listeners, capabilities, returnThinking, sendThinking);
  }
}
