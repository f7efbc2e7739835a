package dev.llamastream.server.internal.json;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import dev.llamastream.StreamStats;
import org.jspecify.annotations.Nullable;

/**
 * How long a stream took, in the fields of llama.cpp's server.
 *
 * @param cacheN the prompt's tokens that were in the KV cache
 * @param promptN the prompt's other tokens
 * @param predictedN the generated tokens; their times are those of all but the first, which the
 *     prompt's last step gives
 * @param draftN the guessed tokens; null if there were none
 * @param draftNAccepted the guesses that came true; null if there were none
 */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record Timings(
    int cacheN,
    int promptN,
    double promptMs,
    double promptPerTokenMs,
    double promptPerSecond,
    int predictedN,
    double predictedMs,
    double predictedPerTokenMs,
    double predictedPerSecond,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Integer draftN,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Integer draftNAccepted) {

  /** The times of a stream that has ended. */
  public static Timings of(StreamStats stats) {
    int prompt = stats.promptTokens() - stats.cachedPromptTokens();
    double promptMs = millis(stats.promptTokensPerSecond());
    double predictedMs = millis(stats.tokensPerSecond());
    boolean drafted = stats.draftedTokens() > 0;
    return new Timings(
        stats.cachedPromptTokens(),
        prompt,
        prompt * promptMs,
        promptMs,
        stats.promptTokensPerSecond(),
        stats.generatedTokens(),
        Math.max(0, stats.generatedTokens() - 1) * predictedMs,
        predictedMs,
        stats.tokensPerSecond(),
        drafted ? stats.draftedTokens() : null,
        drafted ? stats.acceptedTokens() : null);
  }

  /** The time of one token. */
  private static double millis(double perSecond) {
    return perSecond == 0 ? 0 : 1_000 / perSecond;
  }
}
