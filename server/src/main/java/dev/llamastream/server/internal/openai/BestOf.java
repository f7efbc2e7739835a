package dev.llamastream.server.internal.openai;

import dev.llamastream.Token;
import dev.llamastream.server.internal.openai.CompletionFormat.Choice;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Picks the most probable of the choices of each prompt.
 *
 * @param n how many to pick
 * @param of how many there are for each prompt
 */
record BestOf(int n, int of) {

  /**
   * A choice that may be picked.
   *
   * @param score the mean log probability of its tokens
   */
  record Scored(Choice choice, double score) {}

  /** Whether there are more choices than are picked. */
  boolean picks() {
    return of > n;
  }

  /**
   * The mean log probability of the generated tokens. A choice without tokens is the worst.
   *
   * @param promptTokens the length of the prompt, whose tokens do not count
   */
  static double score(List<Token> tokens, int promptTokens) {
    return tokens.stream()
        .filter(token -> token.position() >= promptTokens)
        .mapToDouble(Token::logprob)
        .average()
        .orElse(Double.NEGATIVE_INFINITY);
  }

  /**
   * The picked choices, the best of a prompt first.
   *
   * @param choices all choices; those of a prompt are adjacent
   */
  List<Choice> pick(List<Scored> choices) {
    List<Choice> picked = new ArrayList<>();
    for (int begin = 0; begin < choices.size(); begin += of) {
      List<Scored> ofPrompt = new ArrayList<>(choices.subList(begin, begin + of));
      if (picks()) {
        ofPrompt.sort(Comparator.comparingDouble(Scored::score).reversed());
      }
      for (Scored one : ofPrompt.subList(0, n)) {
        picked.add(one.choice.numbered(picked.size()));
      }
    }
    return picked;
  }
}
