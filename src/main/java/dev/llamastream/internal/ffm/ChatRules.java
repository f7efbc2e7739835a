package dev.llamastream.internal.ffm;

import java.util.Set;

/**
 * What the answer in a chat obeys.
 *
 * @param format its grammar
 * @param thinkingBudget the maximum number of tokens of thinking; negative for no limit
 * @param shownTokens control tokens whose names are part of the text
 */
public record ChatRules(ChatFormat format, int thinkingBudget, Set<Integer> shownTokens) {
  /** Copies the set. */
  public ChatRules {
    shownTokens = Set.copyOf(shownTokens);
  }
}
