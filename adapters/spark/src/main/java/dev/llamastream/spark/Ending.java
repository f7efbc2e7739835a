package dev.llamastream.spark;

import dev.llamastream.FinishReason;
import dev.llamastream.StreamStats;
import java.util.Locale;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/** What the end of a stream means for its row. */
final class Ending {

  private Ending() {}

  /**
   * The answer at an end.
   *
   * @param whole whether a text that is cut off is of no use
   * @throws CancellationException if somebody cancelled the stream or closed the engine: that says
   *     nothing about the row
   */
  static RowAnswer of(String text, FinishReason reason, StreamStats stats, boolean whole) {
    if (reason == FinishReason.CANCELLED) {
      throw new CancellationException("the generation was cancelled");
    }
    String error = error(reason, stats, whole);
    return new RowAnswer(
        error == null ? text : null, null, error, reason.name().toLowerCase(Locale.ROOT), stats);
  }

  private static @Nullable String error(FinishReason reason, StreamStats stats, boolean whole) {
    boolean cut = reason == FinishReason.MAX_TOKENS || reason == FinishReason.CONTEXT_FULL;
    if (reason == FinishReason.TIMEOUT) {
      return String.format(Locale.ROOT, "timeout after %d tokens", stats.generatedTokens());
    }
    return whole && cut
        ? String.format(
            Locale.ROOT, "the answer is not complete after %d tokens", stats.generatedTokens())
        : null;
  }
}
