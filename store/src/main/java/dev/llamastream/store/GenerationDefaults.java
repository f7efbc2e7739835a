package dev.llamastream.store;

import static java.util.Objects.requireNonNull;

import dev.llamastream.ContextParams;
import dev.llamastream.GenerationRequest;
import dev.llamastream.ModelInfo;
import dev.llamastream.SamplerParams;
import dev.llamastream.chat.ChatMessage;
import dev.llamastream.chat.ChatRequest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What the maker of a model recommends for generating with it. Models from Ollama's registry have
 * such values beside their weights. Immutable.
 *
 * <p>They take the place of the library's defaults, so apply them first. What a user asks for is
 * set afterwards, and wins:
 *
 * <pre>{@code
 * ChatRequest request = defaults
 *     .applyTo(ChatRequest.builder(messages), model.info())
 *     .maxTokens(200)
 *     .build();
 * }</pre>
 *
 * <p>A program whose options have defaults has to know which options were given. It sets only those
 * over {@code sampler(SamplerParams.defaults())}.
 *
 * @since 0.1.0
 */
public final class GenerationDefaults {

  /** No recommendations: everything is as the library has it. */
  public static final GenerationDefaults NONE = builder().build();

  private final NamedSamplerValues sampler;
  private final List<String> stopSequences;
  private final OptionalInt contextSize;
  private final OptionalInt maxTokens;
  private final String systemMessage;
  private final List<ChatMessage> examples;
  private final String chatTemplate;

  private GenerationDefaults(Builder builder) {
    sampler = builder.sampler;
    stopSequences = builder.stopSequences;
    contextSize = builder.contextSize;
    maxTokens = builder.maxTokens;
    systemMessage = builder.systemMessage;
    examples = builder.examples;
    chatTemplate = builder.chatTemplate;
  }

  /** A builder that starts from {@link #NONE}. */
  public static Builder builder() {
    return new Builder();
  }

  /** These parameters, with the recommended values in place of theirs. */
  public SamplerParams sampler(SamplerParams base) {
    return sampler.over(requireNonNull(base, "base"));
  }

  /**
   * The recommended values by the names of {@link SamplerParams}'s accessors, such as {@code topK}.
   * A value of {@link dev.llamastream.Mirostat} is called {@code mirostat.tau}. Default none.
   */
  public Map<String, Double> samplerValues() {
    return sampler.values();
  }

  /** Texts that end an answer: {@link GenerationRequest#stopSequences()}. Default none. */
  public List<String> stopSequences() {
    return stopSequences;
  }

  /** For {@link ContextParams#contextSize()}, in tokens, at least 1. Default none. */
  public OptionalInt contextSize() {
    return contextSize;
  }

  /**
   * For {@link ChatRequest#maxTokens()}, at least 0. 2^31 - 1 means as many as the context holds.
   * Default none.
   */
  public OptionalInt maxTokens() {
    return maxTokens;
  }

  /** What the model is told before a chat; empty for nothing. Default empty. */
  public String systemMessage() {
    return systemMessage;
  }

  /**
   * What a chat begins with: the system message, if there is one, then example messages of the
   * model's author. Default none.
   */
  public List<ChatMessage> messages() {
    List<ChatMessage> messages = new ArrayList<>();
    if (!systemMessage.isEmpty()) {
      messages.add(ChatMessage.system(systemMessage));
    }
    messages.addAll(examples);
    return List.copyOf(messages);
  }

  /**
   * A chat template in Jinja for a model that has none; empty for none. A template in the model
   * itself is better, because the model was trained with it. Default empty.
   */
  public String chatTemplate() {
    return chatTemplate;
  }

  /**
   * Sets sampler, stop sequences and the number of tokens, as far as they are recommended.
   *
   * @return the builder
   */
  public GenerationRequest.Builder applyTo(GenerationRequest.Builder request) {
    request.sampler(sampler(SamplerParams.defaults()));
    if (!stopSequences.isEmpty()) {
      request.stopSequences(stopSequences);
    }
    maxTokens.ifPresent(request::maxTokens);
    return request;
  }

  /**
   * Sets sampler, stop sequences and the number of tokens, as far as they are recommended, and the
   * template if the model has none of its own. {@link #messages()} are left to the caller.
   *
   * @return the builder
   */
  public ChatRequest.Builder applyTo(ChatRequest.Builder request, ModelInfo model) {
    if (model.chatTemplate().isEmpty() && !chatTemplate.isEmpty()) {
      request.template(chatTemplate);
    }
    request.sampler(sampler(SamplerParams.defaults()));
    if (!stopSequences.isEmpty()) {
      request.stopSequences(stopSequences);
    }
    maxTokens.ifPresent(request::maxTokens);
    return request;
  }

  private List<Object> values() {
    return List.of(
        sampler, stopSequences, contextSize, maxTokens, systemMessage, examples, chatTemplate);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof GenerationDefaults that && values().equals(that.values());
  }

  @Override
  public int hashCode() {
    return values().hashCode();
  }

  /** What is recommended. The texts of messages and template are left out. */
  @Override
  public String toString() {
    Map<String, Object> parts = new LinkedHashMap<>(new TreeMap<>(sampler.values()));
    if (!stopSequences.isEmpty()) {
      parts.put("stopSequences", stopSequences);
    }
    contextSize.ifPresent(size -> parts.put("contextSize", size));
    maxTokens.ifPresent(tokens -> parts.put("maxTokens", tokens));
    if (!messages().isEmpty()) {
      parts.put("messages", messages().size());
    }
    if (!chatTemplate.isEmpty()) {
      parts.put("chatTemplate", chatTemplate.length());
    }
    return "GenerationDefaults" + parts;
  }

  /** Builds {@link GenerationDefaults}. Not thread-safe. */
  public static final class Builder {
    private NamedSamplerValues sampler = NamedSamplerValues.NONE;
    private List<String> stopSequences = List.of();
    private OptionalInt contextSize = OptionalInt.empty();
    private OptionalInt maxTokens = OptionalInt.empty();
    private String systemMessage = "";
    private List<ChatMessage> examples = List.of();
    private String chatTemplate = "";

    private Builder() {}

    /**
     * Adds one of {@link GenerationDefaults#samplerValues()}.
     *
     * @throws dev.llamastream.InvalidValueException if there is no such name, or the value is out
     *     of its range
     */
    public Builder samplerValue(String name, double value) {
      sampler = sampler.with(name, value);
      return this;
    }

    /** See {@link GenerationDefaults#stopSequences()}. */
    public Builder stopSequences(List<String> value) {
      // the checks are those of any request
      stopSequences = GenerationRequest.builder("").stopSequences(value).build().stopSequences();
      return this;
    }

    /** See {@link GenerationDefaults#contextSize()}. */
    public Builder contextSize(int value) {
      ContextParams.builder().contextSize(value).build();
      contextSize = value == 0 ? OptionalInt.empty() : OptionalInt.of(value);
      return this;
    }

    /** See {@link GenerationDefaults#maxTokens()}. */
    public Builder maxTokens(int value) {
      maxTokens =
          OptionalInt.of(GenerationRequest.builder("").maxTokens(value).build().maxTokens());
      return this;
    }

    /** See {@link GenerationDefaults#systemMessage()}. */
    public Builder systemMessage(String value) {
      systemMessage = ChatMessage.system(value).text();
      return this;
    }

    /** What follows the system message in {@link GenerationDefaults#messages()}. */
    public Builder examples(List<ChatMessage> value) {
      examples = List.copyOf(value);
      return this;
    }

    /** See {@link GenerationDefaults#chatTemplate()}. */
    public Builder chatTemplate(String value) {
      chatTemplate = ChatRequest.builder(ChatMessage.user("")).template(value).build().template();
      return this;
    }

    /** Builds the defaults. */
    public GenerationDefaults build() {
      return new GenerationDefaults(this);
    }
  }
}
