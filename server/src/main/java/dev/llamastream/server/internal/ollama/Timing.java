package dev.llamastream.server.internal.ollama;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.llamastream.StreamStats;

/**
 * When a request came and when its model was there, in {@link System#nanoTime}. Ollama's durations
 * are in nanoseconds.
 */
record Timing(long begun, long loaded) {

  /** Puts the time since the request came, and that of the load. */
  void putTotal(ObjectNode line) {
    line.put("total_duration", System.nanoTime() - begun).put("load_duration", loaded - begun);
  }

  /** Puts all figures of an answer. */
  void put(ObjectNode line, StreamStats stats) {
    putTotal(line);
    int computed = stats.promptTokens() - stats.cachedPromptTokens();
    long decoding = stats.elapsed().minus(stats.timeToFirstToken()).toNanos();
    line.put("prompt_eval_count", stats.promptTokens())
        .put("prompt_eval_duration", nanos(computed, stats.promptTokensPerSecond(), 0))
        .put("eval_count", stats.generatedTokens())
        .put("eval_duration", nanos(stats.generatedTokens(), stats.tokensPerSecond(), decoding));
  }

  private static long nanos(int tokens, double perSecond, long otherwise) {
    return perSecond > 0 ? Math.round(tokens / perSecond * 1e9) : otherwise;
  }
}
