package dev.llamastream;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The statistics of a stream. Immutable. Times count only the library's own work: when the consumer
 * pauses, only {@link #elapsed()} grows. An engine's stream starts with the request. Its times
 * include the work on the streams that are decoded together with it.
 *
 * @since 0.1.0
 */
public final class StreamStats {

  private final Values values;

  private StreamStats(Values values) {
    this.values = values;
  }

  /** A builder that starts from zeros, for a running stream. */
  public static Builder builder() {
    return new Builder();
  }

  /** The prompt's length in tokens. */
  public int promptTokens() {
    return values.promptTokens();
  }

  /** How many of the prompt's tokens were already in the KV cache. */
  public int cachedPromptTokens() {
    return values.cachedPromptTokens();
  }

  /** How many tokens were sampled, not counting an end-of-generation token. */
  public int generatedTokens() {
    return values.generatedTokens();
  }

  /** How many Unicode code points were delivered, not counting the echoed prompt. */
  public long characters() {
    return values.characters();
  }

  /** The time from the first pull to the first sampled token; zero before that. */
  public Duration timeToFirstToken() {
    return values.timeToFirstToken();
  }

  /**
   * The prefill speed in tokens per second, over the tokens that were not cached; 0 until the
   * prefill ends.
   */
  public double promptTokensPerSecond() {
    return values.promptTokensPerSecond();
  }

  /**
   * The decode speed: tokens after the first, per second of decoding and sampling; 0 before the
   * second token.
   */
  public double tokensPerSecond() {
    return values.tokensPerSecond();
  }

  /** The time from the first pull to the end, or to now while the stream runs. */
  public Duration elapsed() {
    return values.elapsed();
  }

  /**
   * How many threads computed the last token; 0 before the first. See {@link
   * ContextParams#threads()}.
   */
  public int threads() {
    return values.threads();
  }

  /** How many tokens were guessed and verified: {@link GenerationRequest#speculation()}. */
  public int draftedTokens() {
    return values.draftedTokens();
  }

  /** How many of the {@link #draftedTokens()} came true. */
  public int acceptedTokens() {
    return values.acceptedTokens();
  }

  /** Why the stream ended; empty while it runs. */
  public Optional<FinishReason> finishReason() {
    return values.finishReason();
  }

  /** The stop sequence that ended the stream; empty if none did. */
  public String stopSequence() {
    return values.stopSequence();
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof StreamStats that && values.equals(that.values);
  }

  @Override
  public int hashCode() {
    return values.hashCode();
  }

  /** The statistics as a block of lines that starts with {@code --- Stats ---}. */
  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        """
        --- Stats ---
        Tokens: %d
        Time: %.2f s
        Speed: %.1f tokens/s
        Characters: %d
        Time to first token: %.0f ms
        Prefill: %d tokens (%d cached), %.1f tokens/s\
        """,
        values.generatedTokens,
        values.elapsed.toNanos() / 1e9,
        values.tokensPerSecond,
        values.characters,
        values.timeToFirstToken.toNanos() / 1e6,
        values.promptTokens,
        values.cachedPromptTokens,
        values.promptTokensPerSecond);
  }

  private record Values(
      int promptTokens,
      int cachedPromptTokens,
      int generatedTokens,
      long characters,
      Duration timeToFirstToken,
      double promptTokensPerSecond,
      double tokensPerSecond,
      Duration elapsed,
      int threads,
      int draftedTokens,
      int acceptedTokens,
      Optional<FinishReason> finishReason,
      String stopSequence) {
    private Values {
      requireNonNull(timeToFirstToken, "timeToFirstToken");
      requireNonNull(elapsed, "elapsed");
      requireNonNull(stopSequence, "stopSequence");
    }
  }

  /** Builds {@link StreamStats}. Not thread-safe. */
  public static final class Builder {
    private int promptTokens;
    private int cachedPromptTokens;
    private int generatedTokens;
    private long characters;
    private Duration timeToFirstToken = Duration.ZERO;
    private double promptTokensPerSecond;
    private double tokensPerSecond;
    private Duration elapsed = Duration.ZERO;
    private int threads;
    private int draftedTokens;
    private int acceptedTokens;
    private @Nullable FinishReason finishReason;
    private String stopSequence = "";

    private Builder() {}

    /** See {@link StreamStats#promptTokens()}. */
    public Builder promptTokens(int value) {
      promptTokens = value;
      return this;
    }

    /** See {@link StreamStats#cachedPromptTokens()}. */
    public Builder cachedPromptTokens(int value) {
      cachedPromptTokens = value;
      return this;
    }

    /** See {@link StreamStats#generatedTokens()}. */
    public Builder generatedTokens(int value) {
      generatedTokens = value;
      return this;
    }

    /** See {@link StreamStats#characters()}. */
    public Builder characters(long value) {
      characters = value;
      return this;
    }

    /** See {@link StreamStats#timeToFirstToken()}. */
    public Builder timeToFirstToken(Duration value) {
      timeToFirstToken = value;
      return this;
    }

    /** See {@link StreamStats#promptTokensPerSecond()}. */
    public Builder promptTokensPerSecond(double value) {
      promptTokensPerSecond = value;
      return this;
    }

    /** See {@link StreamStats#tokensPerSecond()}. */
    public Builder tokensPerSecond(double value) {
      tokensPerSecond = value;
      return this;
    }

    /** See {@link StreamStats#elapsed()}. */
    public Builder elapsed(Duration value) {
      elapsed = value;
      return this;
    }

    /** See {@link StreamStats#threads()}. */
    public Builder threads(int value) {
      threads = value;
      return this;
    }

    /** See {@link StreamStats#draftedTokens()}. */
    public Builder draftedTokens(int value) {
      draftedTokens = value;
      return this;
    }

    /** See {@link StreamStats#acceptedTokens()}. */
    public Builder acceptedTokens(int value) {
      acceptedTokens = value;
      return this;
    }

    /** See {@link StreamStats#finishReason()}; null while the stream runs. */
    public Builder finishReason(@Nullable FinishReason value) {
      finishReason = value;
      return this;
    }

    /** See {@link StreamStats#stopSequence()}. */
    public Builder stopSequence(String value) {
      stopSequence = value;
      return this;
    }

    /** Builds the statistics. */
    public StreamStats build() {
      return new StreamStats(
          new Values(
              promptTokens,
              cachedPromptTokens,
              generatedTokens,
              characters,
              timeToFirstToken,
              promptTokensPerSecond,
              tokensPerSecond,
              elapsed,
              threads,
              draftedTokens,
              acceptedTokens,
              Optional.ofNullable(finishReason),
              stopSequence));
    }
  }
}
