package dev.llamastream;

import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/**
 * What a stream has done so far. Times count the library's own work only: a consumer that pauses
 * changes none of them but {@link #elapsed()}. A stream of an engine begins with the request, and
 * its times contain those of the streams that are decoded together with it.
 *
 * @param promptTokens the prompt's length in tokens
 * @param cachedPromptTokens how many of them were already in the KV cache
 * @param generatedTokens tokens sampled, an end-of-generation token not counted
 * @param characters Unicode code points delivered, the echoed prompt not counted
 * @param timeToFirstToken from the first pull to the first sampled token; zero before that
 * @param promptTokensPerSecond prefill speed over the tokens that were not cached; 0 before it
 *     ended
 * @param tokensPerSecond decode speed: tokens after the first per second of decoding and sampling;
 *     0 before the second token
 * @param elapsed from the first pull to the end, or to now while the stream runs
 * @param finishReason why the stream ended; empty while it runs
 */
public record StreamStats(
    int promptTokens,
    int cachedPromptTokens,
    int generatedTokens,
    long characters,
    Duration timeToFirstToken,
    double promptTokensPerSecond,
    double tokensPerSecond,
    Duration elapsed,
    Optional<FinishReason> finishReason) {

  /** A block of lines that begins with {@code --- Stats ---}. */
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
        generatedTokens,
        elapsed.toNanos() / 1e9,
        tokensPerSecond,
        characters,
        timeToFirstToken.toNanos() / 1e6,
        promptTokens,
        cachedPromptTokens,
        promptTokensPerSecond);
  }
}
