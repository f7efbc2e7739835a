package dev.llamastream.internal.generation;

import dev.llamastream.FinishReason;
import dev.llamastream.StreamStats;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Collects a stream's statistics. One thread at a time writes, any thread reads. */
final class StatsRecorder {

  private final int promptTokens;
  private int cachedPromptTokens;
  private int generatedTokens;
  private long characters;
  private boolean started;
  private long startNanos;
  private long endNanos;
  private long prefillNanos;
  private long firstTokenNanos;
  private int decodeSteps;
  private long decodeNanos;
  private int threads;
  private int drafted;
  private int accepted;
  private @Nullable FinishReason finishReason;
  private String stopSequence = "";

  StatsRecorder(int promptTokens) {
    this.promptTokens = promptTokens;
  }

  synchronized void start() {
    started = true;
    startNanos = System.nanoTime();
  }

  synchronized void prefilled(int cached, long nanos) {
    cachedPromptTokens = cached;
    prefillNanos = nanos;
  }

  /**
   * A token was sampled. {@code decodedBy} threads decoded; that and sampling took {@code nanos}.
   */
  synchronized void sampled(long nanos, int decodedBy, boolean generated, int newCharacters) {
    threads = decodedBy;
    if (firstTokenNanos == 0) {
      firstTokenNanos = System.nanoTime() - startNanos;
    } else {
      decodeSteps++;
      decodeNanos += nanos;
    }
    if (generated) {
      generatedTokens++;
    }
    characters += newCharacters;
  }

  /** A decode verified drafted tokens, of which some came true. */
  synchronized void verified(int newDrafted, int newAccepted) {
    drafted += newDrafted;
    accepted += newAccepted;
  }

  /** The generation ended, by a stop sequence if that is not empty. */
  synchronized void finished(FinishReason reason, String stop, int newCharacters) {
    finishReason = reason;
    stopSequence = stop;
    endNanos = System.nanoTime();
    characters += newCharacters;
  }

  synchronized StreamStats snapshot() {
    long elapsed =
        !started ? 0 : (finishReason == null ? System.nanoTime() : endNanos) - startNanos;
    return StreamStats.builder()
        .promptTokens(promptTokens)
        .cachedPromptTokens(cachedPromptTokens)
        .generatedTokens(generatedTokens)
        .characters(characters)
        .timeToFirstToken(Duration.ofNanos(firstTokenNanos))
        .promptTokensPerSecond(perSecond(promptTokens - cachedPromptTokens, prefillNanos))
        .tokensPerSecond(perSecond(decodeSteps, decodeNanos))
        .threads(threads)
        .draftedTokens(drafted)
        .acceptedTokens(accepted)
        .elapsed(Duration.ofNanos(elapsed))
        .finishReason(finishReason)
        .stopSequence(stopSequence)
        .build();
  }

  private static double perSecond(int count, long nanos) {
    return nanos == 0 ? 0 : count * 1e9 / nanos;
  }
}
