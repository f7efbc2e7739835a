package dev.llamastream.cli.chat;

import dev.llamastream.StreamStats;
import java.time.Duration;
import java.util.Locale;

/** What is shown about an answer. */
record Figures(StreamStats stats, int contextSize) {

  /** On one line. */
  String line() {
    return String.format(
        Locale.ROOT,
        "%d tokens, %.1f tokens/s, first after %s; context: %s",
        stats.generatedTokens(),
        stats.tokensPerSecond(),
        seconds(stats.timeToFirstToken()),
        context());
  }

  /** On several lines. */
  String block() {
    return String.format(
        Locale.ROOT,
        """
        Answer:       %d tokens in %s, %.1f tokens/s
        First token:  after %s
        Prompt:       %d tokens, %d of them reused, %.1f tokens/s
        Context:      %s\
        """,
        stats.generatedTokens(),
        seconds(stats.elapsed()),
        stats.tokensPerSecond(),
        seconds(stats.timeToFirstToken()),
        stats.promptTokens(),
        stats.cachedPromptTokens(),
        stats.promptTokensPerSecond(),
        context());
  }

  private String context() {
    // the last token of a full context has no cell
    int used = Math.min(stats.promptTokens() + stats.generatedTokens(), contextSize);
    return String.format(
        Locale.ROOT, "%d of %d (%d %%)", used, contextSize, 100L * used / contextSize);
  }

  private static String seconds(Duration time) {
    return String.format(Locale.ROOT, "%.2f s", time.toNanos() / 1e9);
  }
}
