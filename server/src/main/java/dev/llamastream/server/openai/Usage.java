package dev.llamastream.server.openai;

import dev.llamastream.StreamStats;

/** How many tokens a generation took. */
record Usage(
    int promptTokens,
    int completionTokens,
    int totalTokens,
    PromptTokensDetails promptTokensDetails) {

  /** How many of the prompt's tokens did not have to be computed. */
  record PromptTokensDetails(int cachedTokens) {}

  static Usage of(StreamStats stats) {
    return new Usage(
        stats.promptTokens(),
        stats.generatedTokens(),
        stats.promptTokens() + stats.generatedTokens(),
        new PromptTokensDetails(stats.cachedPromptTokens()));
  }
}
