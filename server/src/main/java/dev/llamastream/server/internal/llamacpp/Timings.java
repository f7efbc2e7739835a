package dev.llamastream.server.internal.llamacpp;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.llamastream.StreamStats;
import dev.llamastream.server.internal.json.Json;

/** The JSON of {@code timings}. */
final class Timings {

  private Timings() {}

  static ObjectNode of(StreamStats stats) {
    ObjectNode timings = Json.object().put("cache_n", stats.cachedPromptTokens());
    put(
        timings,
        "prompt",
        stats.promptTokens() - stats.cachedPromptTokens(),
        stats.promptTokensPerSecond());
    put(timings, "predicted", stats.generatedTokens(), stats.tokensPerSecond());
    if (stats.draftedTokens() > 0) {
      timings.put("draft_n", stats.draftedTokens()).put("draft_n_accepted", stats.acceptedTokens());
    }
    return timings;
  }

  private static void put(ObjectNode timings, String name, int tokens, double perSecond) {
    double perToken = perSecond == 0 ? 0 : 1000 / perSecond;
    timings
        .put(name + "_n", tokens)
        .put(name + "_ms", tokens * perToken)
        .put(name + "_per_token_ms", perToken)
        .put(name + "_per_second", perSecond);
  }
}
