package dev.llamastream.server.internal.openai;

import dev.llamastream.StreamStats;
import java.util.List;

/** How many tokens a request took. */
record Usage(
    int promptTokens,
    int completionTokens,
    int totalTokens,
    PromptTokensDetails promptTokensDetails) {

  /** How many of the prompts' tokens did not have to be computed. */
  record PromptTokensDetails(int cachedTokens) {}

  /**
   * Of all choices together. A prompt counts once.
   *
   * @param choices of each, those of one prompt in a row
   * @param n how many choices each prompt has
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
