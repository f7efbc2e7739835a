package dev.llamastream.server.internal.openai;

import dev.llamastream.StreamStats;
import dev.llamastream.server.internal.streams.ServedStreams;

/** The token counts of a request. */
record Usage(
    int promptTokens,
    int completionTokens,
    int totalTokens,
    PromptTokensDetails promptTokensDetails,
    CompletionTokensDetails completionTokensDetails) {

  /** The number of prompt tokens that were taken from the KV cache. */
  record PromptTokensDetails(int cachedTokens) {}

  /** The number of generated tokens that the model thought with. */
  record CompletionTokensDetails(int reasoningTokens) {}

  /**
   * Adds up all choices. Each prompt counts once.
   *
   * @param choices the streams of the choices, which have ended; those of a prompt are adjacent
   * @param n the number of choices per prompt
   */
  static Usage of(ServedStreams<?> choices, int n) {
    int prompts = 0;
    int cached = 0;
    int completions = 0;
    int thinking = 0;
    for (int i = 0; i < choices.size(); i++) {
      StreamStats stats = choices.get(i).stats();
      completions += stats.generatedTokens();
      thinking += choices.get(i).thinkingTokens();
      if (i % n == 0) {
        prompts += stats.promptTokens();
        cached += stats.cachedPromptTokens();
      }
    }
    return new Usage(
        prompts,
        completions,
        prompts + completions,
        new PromptTokensDetails(cached),
        new CompletionTokensDetails(thinking));
  }
}
