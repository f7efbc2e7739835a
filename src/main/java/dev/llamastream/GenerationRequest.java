package dev.llamastream;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A request for one generation: the prompt, the sampling and the limits. Immutable.
 *
 * @since 0.1.0
 */
public final class GenerationRequest {

  /** The default of {@link #maxTokens()}. */
  public static final int DEFAULT_MAX_TOKENS = 100;

  private final GenerationRequestValues values;

  private GenerationRequest(GenerationRequestValues values) {
    this.values = values;
  }

  /** A builder for a request that continues this text. */
  public static Builder builder(String prompt) {
    return new Builder(new Prompt.Text(prompt));
  }

  /** A builder for a request that continues these token ids. */
  public static Builder builder(int[] promptTokens) {
    requireNonNull(promptTokens, "prompt");
    return new Builder(new Prompt.Tokens(Arrays.stream(promptTokens).boxed().toList()));
  }

  /** A builder that starts from these values. */
  public Builder toBuilder() {
    return new Builder(values.prompt())
        .maxTokens(values.maxTokens())
        .sampler(values.sampler())
        .stopSequences(values.stopSequences())
        .timeout(values.timeout())
        .echo(values.echo())
        .reusePrefix(values.reusePrefix())
        .logprobs(values.logprobs())
        .topLogprobs(values.topLogprobs())
        .scorePrompt(values.scorePrompt())
        .collectTokens(values.collectTokens())
        .priority(values.priority())
        .speculation(values.speculation());
  }

  /** What to continue. */
  public Prompt prompt() {
    return values.prompt();
  }

  /**
   * The maximum number of tokens to generate; 0 computes the prompt and generates nothing. Range
   * [0, 2^31 - 1], default 100.
   */
  public int maxTokens() {
    return values.maxTokens();
  }

  /** How tokens are chosen. Default {@link SamplerParams#defaults()}. */
  public SamplerParams sampler() {
    return values.sampler();
  }

  /**
   * Texts that end the stream when one appears. The stop sequence itself is not delivered. If the
   * stream is cut short from outside, the beginning of a stop sequence is not delivered either. A
   * stop sequence may end with a special token as the model writes it, such as {@code
   * <|im_start|>}, which has no text of its own. Each 1 to 10,000 characters, at most 100. Default
   * none.
   */
  public List<String> stopSequences() {
    return values.stopSequences();
  }

  /**
   * How long the stream may take; {@link Duration#ZERO} for no limit. The time starts with the
   * first pull, or in an engine with the request. It also limits the preparation, that is
   * tokenizing the prompt and reading the grammar, which throws when the time is over. Range [0,
   * 36500 days], default zero.
   */
  public Duration timeout() {
    return values.timeout();
  }

  /** Whether the stream starts with the text of the prompt. Default false. */
  public boolean echo() {
    return values.echo();
  }

  /** Whether to reuse the prefix of the prompt that is already in the KV cache. Default true. */
  public boolean reusePrefix() {
    return values.reusePrefix();
  }

  /** Whether to compute {@link Token#logprob()}. Default false. */
  public boolean logprobs() {
    return values.logprobs();
  }

  /** How many {@link Token#topLogprobs()} to compute. Range [0, 1000], default 0. */
  public int topLogprobs() {
    return values.topLogprobs();
  }

  /**
   * Whether the stream starts with the prompt's tokens, from the second on, each with its
   * probability given the tokens before it. They are computed one by one, which takes as long as
   * generating them. Cannot be combined with {@code echo}. Default false.
   */
  public boolean scorePrompt() {
    return values.scorePrompt();
  }

  /**
   * Whether {@link Generator#complete(GenerationRequest)} keeps the tokens for {@link
   * Completion#tokens()}. Streams always have them. Default false.
   */
  public boolean collectTokens() {
    return values.collectTokens();
  }

  /**
   * The priority in an engine's queue. The request with the highest priority gets the next slot;
   * within a priority, the first to arrive. A context ignores it. Any number, default 0.
   */
  public int priority() {
    return values.priority();
  }

  /** How tokens are guessed ahead to decode several at once. Default {@link Speculation#none()}. */
  public Speculation speculation() {
    return values.speculation();
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof GenerationRequest that && values.equals(that.values);
  }

  @Override
  public int hashCode() {
    return values.hashCode();
  }

  @Override
  public String toString() {
    return values.toString().replaceFirst("Values", "");
  }

  /** Builds {@link GenerationRequest}. Not thread-safe. */
  public static final class Builder {
    private final Prompt prompt;
    private int maxTokens = DEFAULT_MAX_TOKENS;
    private SamplerParams sampler = SamplerParams.defaults();
    private List<String> stopSequences = List.of();
    private Duration timeout = Duration.ZERO;
    private boolean echo;
    private boolean reusePrefix = true;
    private boolean logprobs;
    private int topLogprobs;
    private boolean scorePrompt;
    private boolean collectTokens;
    private int priority;
    private Speculation speculation = Speculation.none();

    private Builder(Prompt prompt) {
      this.prompt = prompt;
    }

    /** See {@link GenerationRequest#maxTokens()}. */
    public Builder maxTokens(int value) {
      maxTokens = value;
      return this;
    }

    /** See {@link GenerationRequest#sampler()}. */
    public Builder sampler(SamplerParams value) {
      sampler = value;
      return this;
    }

    /** See {@link GenerationRequest#stopSequences()}. */
    public Builder stopSequences(String... values) {
      stopSequences = Arrays.asList(requireNonNull(values, "stopSequences").clone());
      return this;
    }

    /** See {@link GenerationRequest#stopSequences()}. */
    public Builder stopSequences(List<String> values) {
      stopSequences = values;
      return this;
    }

    /** See {@link GenerationRequest#timeout()}. */
    public Builder timeout(Duration value) {
      timeout = value;
      return this;
    }

    /** See {@link GenerationRequest#echo()}. */
    public Builder echo(boolean value) {
      echo = value;
      return this;
    }

    /** See {@link GenerationRequest#reusePrefix()}. */
    public Builder reusePrefix(boolean value) {
      reusePrefix = value;
      return this;
    }

    /** See {@link GenerationRequest#logprobs()}. */
    public Builder logprobs(boolean value) {
      logprobs = value;
      return this;
    }

    /** See {@link GenerationRequest#topLogprobs()}. */
    public Builder topLogprobs(int value) {
      topLogprobs = value;
      return this;
    }

    /** See {@link GenerationRequest#scorePrompt()}. */
    public Builder scorePrompt(boolean value) {
      scorePrompt = value;
      return this;
    }

    /** See {@link GenerationRequest#collectTokens()}. */
    public Builder collectTokens(boolean value) {
      collectTokens = value;
      return this;
    }

    /** See {@link GenerationRequest#priority()}. */
    public Builder priority(int value) {
      priority = value;
      return this;
    }

    /** See {@link GenerationRequest#speculation()}. */
    public Builder speculation(Speculation value) {
      speculation = value;
      return this;
    }

    /** Checks all values and builds the request. */
    public GenerationRequest build() {
      return new GenerationRequest(
          new GenerationRequestValues(
              prompt,
              maxTokens,
              sampler,
              stopSequences,
              timeout,
              echo,
              reusePrefix,
              logprobs,
              topLogprobs,
              scorePrompt,
              collectTokens,
              priority,
              speculation));
    }
  }
}
