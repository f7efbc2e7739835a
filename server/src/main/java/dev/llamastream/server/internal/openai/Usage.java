package dev.llamastream.server.internal.openai;

import dev.llamastream.StreamStats;
import java.util.List;

/** The token counts of a request. */
record Usage(
    int promptTokens,
    int completionTokens,
    int totalTokens,
    PromptTokensDetails promptTokensDetails) {

  /** The number of prompt tokens that were taken from the KV cache. */
  record PromptTokensDetails(int cachedTokens) {}

  /**
   * Adds up all choices. Each prompt counts once.
   *
   * @param choices the figures of each choice; the choices of a prompt are adjacent
   * @param n the number of choices per prompt
   */
  static Usage of(List<StreamStats> choices, int n) {
    int prompts = 0;
    int cached = 0;
    int completions = 0;
    for (int i = 0; i < choices.size(); i++) {
      StreamStats stats = choices.get(i);
      completions += stats.generatedTokens();
      if (i % n == 0) {
        prompts += stats.promptTokens();
        cached += stats.cachedPromptTokens();
      }
    }
    return new Usage(prompts, completions, prompts + completions, new PromptTokensDetails(cached));
  }
}
