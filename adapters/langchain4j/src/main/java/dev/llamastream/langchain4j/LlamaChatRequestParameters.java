package dev.llamastream.langchain4j;

import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.request.DefaultChatRequestParameters;
import dev.llamastream.SamplerParams;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * LangChain4j's parameters of a request, and those that only llamastream has. As in LangChain4j,
 * null stands for a value that is not set. Immutable.
 *
 * @since 0.1.0
 */
public final class LlamaChatRequestParameters extends DefaultChatRequestParameters {

  private final @Nullable SamplerParams sampler;
  private final @Nullable Boolean thinking;
  private final @Nullable Boolean parallelToolCalls;
  private final @Nullable Duration timeout;

  private LlamaChatRequestParameters(Builder builder) {
    super(builder);
    sampler = builder.sampler;
    thinking = builder.thinking;
    parallelToolCalls = builder.parallelToolCalls;
    timeout = builder.timeout;
  }

  /** A builder that sets nothing. */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * How tokens are chosen: seed, min-p and all that LangChain4j has no name for. Its temperature,
   * topP, topK and penalties count only where LangChain4j's own are not set. If not set, {@link
   * SamplerParams#defaults()}.
   */
  public @Nullable SamplerParams sampler() {
    return sampler;
  }

  /** Whether a model that can may think before it answers. If not set, it may. */
  public @Nullable Boolean thinking() {
    return thinking;
  }

  /** Whether the model may call several tools at once. If not set, it may. */
  public @Nullable Boolean parallelToolCalls() {
    return parallelToolCalls;
  }

  /**
   * How long an answer may take; zero for no limit. Then a {@link
   * dev.langchain4j.exception.TimeoutException} ends it. If not set, there is no limit.
   */
  public @Nullable Duration timeout() {
    return timeout;
  }

  @Override
  public ChatRequestParameters overrideWith(ChatRequestParameters that) {
    return builder().overrideWith(this).overrideWith(that).build();
  }

  @Override
  public ChatRequestParameters defaultedBy(ChatRequestParameters that) {
    return builder().overrideWith(that).overrideWith(this).build();
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return super.equals(other)
        && other instanceof LlamaChatRequestParameters that
        && Objects.equals(sampler, that.sampler)
        && Objects.equals(thinking, that.thinking)
        && Objects.equals(parallelToolCalls, that.parallelToolCalls)
        && Objects.equals(timeout, that.timeout);
  }

  @Override
  public int hashCode() {
    return Objects.hash(super.hashCode(), sampler, thinking, parallelToolCalls, timeout);
  }

  @Override
  public String toString() {
    return "LlamaChatRequestParameters["
        + super.toString()
        + ", sampler="
        + sampler
        + ", thinking="
        + thinking
        + ", parallelToolCalls="
        + parallelToolCalls
        + ", timeout="
        + timeout
        + "]";
  }

  /** Builds {@link LlamaChatRequestParameters}. Not thread-safe. */
  public static final class Builder extends DefaultChatRequestParameters.Builder<Builder> {
    private @Nullable SamplerParams sampler;
    private @Nullable Boolean thinking;
    private @Nullable Boolean parallelToolCalls;
    private @Nullable Duration timeout;

    private Builder() {}

    /** Takes all values that are set in these parameters. */
    @Override
    public Builder overrideWith(ChatRequestParameters parameters) {
      super.overrideWith(parameters);
      if (parameters instanceof LlamaChatRequestParameters that) {
        sampler = that.sampler != null ? that.sampler : sampler;
        thinking = that.thinking != null ? that.thinking : thinking;
        parallelToolCalls =
            that.parallelToolCalls != null ? that.parallelToolCalls : parallelToolCalls;
        timeout = that.timeout != null ? that.timeout : timeout;
      }
      return this;
    }

    /** See {@link LlamaChatRequestParameters#sampler()}. */
    public Builder sampler(@Nullable SamplerParams value) {
      sampler = value;
      return this;
    }

    /** See {@link LlamaChatRequestParameters#thinking()}. */
    public Builder thinking(@Nullable Boolean value) {
      thinking = value;
      return this;
    }

    /** See {@link LlamaChatRequestParameters#parallelToolCalls()}. */
    public Builder parallelToolCalls(@Nullable Boolean value) {
      parallelToolCalls = value;
      return this;
    }

    /** See {@link LlamaChatRequestParameters#timeout()}. */
    public Builder timeout(@Nullable Duration value) {
      timeout = value;
      return this;
    }

    @Override
    public LlamaChatRequestParameters build() {
      return new LlamaChatRequestParameters(this);
    }
  }
}
