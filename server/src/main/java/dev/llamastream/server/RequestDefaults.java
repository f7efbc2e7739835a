package dev.llamastream.server;

import dev.llamastream.SamplerParams;
import dev.llamastream.server.internal.json.Defaults;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The values of fields that a request leaves out, whatever the form of the request. A field of the
 * request wins over them. Immutable.
 *
 * @since 0.1.0
 */
public final class RequestDefaults {

  /** The library's own defaults. */
  public static final RequestDefaults NONE = builder().build();

  private final Defaults values;

  private RequestDefaults(Defaults values) {
    this.values = values;
  }

  /** A builder that starts from {@link #NONE}. */
  public static Builder builder() {
    return new Builder();
  }

  /** A builder that starts from these values. */
  public Builder toBuilder() {
    return new Builder()
        .sampler(sampler())
        .stopSequences(stopSequences())
        .maxTokens(maxTokens())
        .systemMessage(systemMessage())
        .chatTemplate(chatTemplate());
  }

  Defaults values() {
    return values;
  }

  /**
   * How tokens are chosen. The grammar is not used for a request that has a JSON schema, a {@code
   * response_format} or tools. Default {@link SamplerParams#defaults()}.
   */
  public SamplerParams sampler() {
    return values.sampler();
  }

  /**
   * Texts that end an answer: {@link dev.llamastream.GenerationRequest#stopSequences()}. Default
   * none.
   */
  public List<String> stopSequences() {
    return values.stopSequences();
  }

  /**
   * The maximum number of tokens to generate. -1 leaves it to the form of the request: 16 for
   * {@code /v1/completions}, 100 for other prompts, as many as fit for a chat. Range [-1, 2^31 -
   * 1], default -1.
   */
  public int maxTokens() {
    return values.maxTokens();
  }

  /**
   * What comes before the messages of a chat that has no message of the system or the developer;
   * empty for nothing. Default empty.
   */
  public String systemMessage() {
    return values.systemMessage();
  }

  /**
   * A chat template in Jinja for a model that has none; empty for none. Default empty. See {@link
   * dev.llamastream.chat.ChatRequest#template()}.
   */
  public String chatTemplate() {
    return values.chatTemplate();
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof RequestDefaults that && values.equals(that.values);
  }

  @Override
  public int hashCode() {
    return values.hashCode();
  }

  @Override
  public String toString() {
    return "Request" + values;
  }

  /** Builds {@link RequestDefaults}. Not thread-safe. */
  public static final class Builder {
    private SamplerParams sampler = Defaults.NONE.sampler();
    private List<String> stopSequences = Defaults.NONE.stopSequences();
    private int maxTokens = Defaults.NONE.maxTokens();
    private String systemMessage = Defaults.NONE.systemMessage();
    private String chatTemplate = Defaults.NONE.chatTemplate();

    private Builder() {}

    /** See {@link RequestDefaults#sampler()}. */
    public Builder sampler(SamplerParams value) {
      sampler = value;
      return this;
    }

    /** See {@link RequestDefaults#stopSequences()}. */
    public Builder stopSequences(List<String> value) {
      stopSequences = value;
      return this;
    }

    /** See {@link RequestDefaults#maxTokens()}. */
    public Builder maxTokens(int value) {
      maxTokens = value;
      return this;
    }

    /** See {@link RequestDefaults#systemMessage()}. */
    public Builder systemMessage(String value) {
      systemMessage = value;
      return this;
    }

    /** See {@link RequestDefaults#chatTemplate()}. */
    public Builder chatTemplate(String value) {
      chatTemplate = value;
      return this;
    }

    /** Validates all values and builds the defaults. */
    public RequestDefaults build() {
      return new RequestDefaults(
          new Defaults(sampler, stopSequences, maxTokens, systemMessage, chatTemplate));
    }
  }
}
