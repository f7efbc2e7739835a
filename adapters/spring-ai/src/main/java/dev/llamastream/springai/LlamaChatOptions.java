package dev.llamastream.springai;

import dev.llamastream.SamplerParams;
import dev.llamastream.chat.ChatRequest;
import dev.llamastream.chat.ToolChoice;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.ai.chat.prompt.ChatOptions;
import org.springframework.ai.model.tool.DefaultToolCallingChatOptions;
import org.springframework.ai.model.tool.StructuredOutputChatOptions;
import org.springframework.ai.tool.ToolCallback;

/**
 * The options of a request to {@link LlamaChatModel}. Immutable. An option that is null has the
 * library's default. Values are checked when a request is made.
 *
 * @since 0.1.0
 */
public final class LlamaChatOptions extends DefaultToolCallingChatOptions
    implements StructuredOutputChatOptions {

  /** The options that Spring AI does not have, by name. */
  private final Map<String, Object> own;

  private LlamaChatOptions(
      @Nullable List<ToolCallback> toolCallbacks,
      @Nullable Map<String, Object> toolContext,
      @Nullable String model,
      @Nullable Double frequencyPenalty,
      @Nullable Integer maxTokens,
      @Nullable Double presencePenalty,
      @Nullable List<String> stopSequences,
      @Nullable Double temperature,
      @Nullable Integer topK,
      @Nullable Double topP,
      Map<String, Object> own) {
    super(
        toolCallbacks,
        toolContext,
        model,
        frequencyPenalty,
        maxTokens,
        presencePenalty,
        stopSequences,
        temperature,
        topK,
        topP);
    this.own = Map.copyOf(own);
  }

  /** A builder without any value. */
  public static Builder builder() {
    return new Builder();
  }

  /** See {@link SamplerParams#minP()}. */
  public @Nullable Double getMinP() {
    return (Double) own.get("minP");
  }

  /** See {@link SamplerParams#typicalP()}. */
  public @Nullable Double getTypicalP() {
    return (Double) own.get("typicalP");
  }

  /** See {@link SamplerParams#repeatPenalty()}. */
  public @Nullable Double getRepeatPenalty() {
    return (Double) own.get("repeatPenalty");
  }

  /** See {@link SamplerParams#penaltyLastN()}. */
  public @Nullable Integer getPenaltyLastN() {
    return (Integer) own.get("penaltyLastN");
  }

  /** See {@link SamplerParams#seed()}. */
  public @Nullable Long getSeed() {
    return (Long) own.get("seed");
  }

  /** See {@link SamplerParams#grammar()}. */
  public @Nullable String getGrammar() {
    return (String) own.get("grammar");
  }

  /** The JSON schema of the answer: {@link ChatRequest#responseSchema()}. */
  @Override
  public @Nullable String getOutputSchema() {
    return (String) own.get("outputSchema");
  }

  /** See {@link ChatRequest#toolChoice()}. */
  public @Nullable ToolChoice getToolChoice() {
    return (ToolChoice) own.get("toolChoice");
  }

  /** See {@link ChatRequest#parallelToolCalls()}. */
  public @Nullable Boolean getParallelToolCalls() {
    return (Boolean) own.get("parallelToolCalls");
  }

  /** See {@link ChatRequest#thinking()}. */
  public @Nullable Boolean getThinking() {
    return (Boolean) own.get("thinking");
  }

  /** See {@link ChatRequest#thinkingBudget()}. */
  public @Nullable Integer getThinkingBudget() {
    return (Integer) own.get("thinkingBudget");
  }

  /** See {@link ChatRequest#timeout()}. */
  public @Nullable Duration getTimeout() {
    return (Duration) own.get("timeout");
  }

  /** See {@link ChatRequest#priority()}. */
  public @Nullable Integer getPriority() {
    return (Integer) own.get("priority");
  }

  /** A builder that starts from these values. */
  @Override
  public Builder mutate() {
    Builder builder =
        builder()
            .model(getModel())
            .frequencyPenalty(getFrequencyPenalty())
            .maxTokens(getMaxTokens())
            .presencePenalty(getPresencePenalty())
            .stopSequences(getStopSequences())
            .temperature(getTemperature())
            .topK(getTopK())
            .topP(getTopP())
            .toolCallbacks(getToolCallbacks())
            .toolContext(getToolContext());
    builder.own.putAll(own);
    return builder;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return super.equals(other) && other instanceof LlamaChatOptions that && own.equals(that.own);
  }

  @Override
  public int hashCode() {
    return Objects.hash(super.hashCode(), own);
  }

  /** Builds {@link LlamaChatOptions}. A null removes a value. Not thread-safe. */
  public static final class Builder extends DefaultToolCallingChatOptions.Builder<Builder>
      implements StructuredOutputChatOptions.Builder<Builder> {

    private Map<String, Object> own = new HashMap<>();

    private Builder() {}

    private Builder set(String name, @Nullable Object value) {
      if (value == null) {
        own.remove(name);
      } else {
        own.put(name, value);
      }
      return this;
    }

    /** See {@link LlamaChatOptions#getMinP()}. */
    public Builder minP(@Nullable Double value) {
      return set("minP", value);
    }

    /** See {@link LlamaChatOptions#getTypicalP()}. */
    public Builder typicalP(@Nullable Double value) {
      return set("typicalP", value);
    }

    /** See {@link LlamaChatOptions#getRepeatPenalty()}. */
    public Builder repeatPenalty(@Nullable Double value) {
      return set("repeatPenalty", value);
    }

    /** See {@link LlamaChatOptions#getPenaltyLastN()}. */
    public Builder penaltyLastN(@Nullable Integer value) {
      return set("penaltyLastN", value);
    }

    /** See {@link LlamaChatOptions#getSeed()}. */
    public Builder seed(@Nullable Long value) {
      return set("seed", value);
    }

    /** See {@link LlamaChatOptions#getGrammar()}. */
    public Builder grammar(@Nullable String value) {
      return set("grammar", value);
    }

    /** See {@link LlamaChatOptions#getOutputSchema()}. */
    @Override
    public Builder outputSchema(@Nullable String value) {
      return set("outputSchema", value);
    }

    /** See {@link LlamaChatOptions#getToolChoice()}. */
    public Builder toolChoice(@Nullable ToolChoice value) {
      return set("toolChoice", value);
    }

    /** See {@link LlamaChatOptions#getParallelToolCalls()}. */
    public Builder parallelToolCalls(@Nullable Boolean value) {
      return set("parallelToolCalls", value);
    }

    /** See {@link LlamaChatOptions#getThinking()}. */
    public Builder thinking(@Nullable Boolean value) {
      return set("thinking", value);
    }

    /** See {@link LlamaChatOptions#getThinkingBudget()}. */
    public Builder thinkingBudget(@Nullable Integer value) {
      return set("thinkingBudget", value);
    }

    /** See {@link LlamaChatOptions#getTimeout()}. */
    public Builder timeout(@Nullable Duration value) {
      return set("timeout", value);
    }

    /** See {@link LlamaChatOptions#getPriority()}. */
    public Builder priority(@Nullable Integer value) {
      return set("priority", value);
    }

    @Override
    public Builder clone() {
      Builder copy = super.clone();
      copy.own = new HashMap<>(own);
      return copy;
    }

    /** Takes what the other builder has, and keeps the rest. */
    @Override
    public Builder combineWith(ChatOptions.Builder<?> other) {
      super.combineWith(other);
      if (other instanceof Builder that) {
        own.putAll(that.own);
      }
      return this;
    }

    @Override
    public LlamaChatOptions build() {
      return new LlamaChatOptions(
          toolCallbacks,
          toolContext,
          model,
          frequencyPenalty,
          maxTokens,
          presencePenalty,
          stopSequences,
          temperature,
          topK,
          topP,
          own);
    }
  }
}
