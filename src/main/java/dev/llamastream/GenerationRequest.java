package dev.llamastream;

import static java.util.Objects.requireNonNull;

import dev.llamastream.internal.Check;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/**
 * One generation: what to continue, how and how far. Immutable.
 *
 * @param prompt what to continue
 * @param maxTokens how many tokens to generate at most; 0 computes the prompt and generates
 *     nothing. Range [0, 2^31 - 1], default 100
 * @param sampler how tokens are chosen
 * @param stopSequences texts that end the stream where one appears; none of it is delivered, and no
 *     beginning of one where the stream is cut short from outside. One may end with a special token
 *     as the model writes it, such as {@code <|im_start|>}, which has no text of its own. Each 1 to
 *     10,000 characters, at most 100. Default none
 * @param timeout how long the stream may take, from its first pull, or in an engine from the
 *     request; {@link Duration#ZERO} for any time. Also how long preparing may take: tokenizing the
 *     prompt and reading the grammar, which throws where it is over. Range [0, 36500 days], default
 *     zero
 * @param echo whether the stream begins with the prompt. Default false
 * @param reusePrefix whether the beginning of the prompt that is already in the KV cache is reused.
 *     Default true
 * @param logprobs whether {@link Token#logprob()} is computed. Default false
 * @param topLogprobs how many {@link Token#topLogprobs()} to compute. Range [0, 1000], default 0
 * @param scorePrompt whether the prompt's tokens, from the second on, come before those that are
 *     generated, each with how probable it was after those before it. They are computed one by one,
 *     which takes as long as to generate them. Not together with {@code echo}. Default false
 * @param priority of those that wait for an engine's slot, the highest goes first, within a
 *     priority the first to come; a context ignores it. Any number, default 0
 */
public record GenerationRequest(
    Prompt prompt,
    int maxTokens,
    SamplerParams sampler,
    List<String> stopSequences,
    Duration timeout,
    boolean echo,
    boolean reusePrefix,
    boolean logprobs,
    int topLogprobs,
    boolean scorePrompt,
    int priority) {

  private static final Duration MAX_TIMEOUT = Duration.ofDays(36_500);

  /** The default of {@link #maxTokens()}. */
  public static final int DEFAULT_MAX_TOKENS = 100;

  /** Checks the ranges and copies the list. */
  public GenerationRequest {
    requireNonNull(prompt, "prompt");
    Check.range("maxTokens", maxTokens, 0, Integer.MAX_VALUE);
    requireNonNull(sampler, "sampler");
    stopSequences = Check.listOf("stopSequences", stopSequences);
    Check.range("stopSequences", stopSequences.size(), 0, 100);
    for (String stop : stopSequences) {
      Check.range("stopSequences", "length", stop.length(), 1, 10_000);
      if (!StandardCharsets.UTF_8.newEncoder().canEncode(stop)) {
        throw new InvalidValueException(
            "stopSequences", "has half a surrogate pair, must be whole characters");
      }
    }
    Check.range("topLogprobs", topLogprobs, 0, 1_000);
    if (scorePrompt && echo) {
      throw new InvalidValueException("scorePrompt", "not together with echo");
    }
    requireNonNull(timeout, "timeout");
    if (timeout.isNegative() || timeout.compareTo(MAX_TIMEOUT) > 0) {
      throw Check.outOfRange("timeout", timeout, "[0, 36500 days]");
    }
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
    private int priority;

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

    /** See {@link GenerationRequest#priority()}. */
    public Builder priority(int value) {
      priority = value;
      return this;
    }

    /** Checks everything and builds. */
    public GenerationRequest build() {
      return new GenerationRequest(
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
          priority);
    }
  }
}
