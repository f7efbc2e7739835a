package dev.llamastream.internal.speculation;

import java.util.Arrays;

/**
 * Drafts what followed the last time that the text had the same tokens: "prompt lookup decoding" of
 * Apoorv Saxena. An index of the pairs of tokens leads to the places that end as the text does now.
 * The place with the longest common end counts, and the latest among equals.
 */
final class PromptLookup implements Drafter {

  /** How many places are compared. */
  private static final int PLACES = 16;

  /** The strength of a hint grows with the number of tokens in common. */
  private static final int[] COMMON = {2, 3, 4, 6, 9, 17};

  private static final double[] PRIOR = {0.3, 0.45, 0.6, 0.75, 0.85, 0.95};

  // by the hash of a pair, where it ended last; -1 for nowhere
  private int[] last = empty(256);
  // by the place where a pair ends, where a pair of the same hash ended before
  private int[] before = new int[256];
  private int indexed;
  private int from;

  private static int[] empty(int size) {
    int[] table = new int[size];
    Arrays.fill(table, -1);
    return table;
  }

  @Override
  public int look(Tokens text) {
    index(text);
    int end = text.size() - 1;
    int longest = 0;
    int place = end < 1 ? -1 : before[end];
    for (int i = 0; i < PLACES && place >= 0; i++, place = before[place]) {
      int common = common(text, place, end);
      if (common > longest) {
        longest = common;
        from = place + 1;
      }
    }
    int strength = COMMON.length - 1;
    while (strength >= 0 && longest < COMMON[strength]) {
      strength--;
    }
    return strength;
  }

  /** How many tokens up to these two are equal; what makes no difference is not counted. */
  private static int common(Tokens text, int place, int end) {
    int common = 0;
    int most = Math.min(place + 1, COMMON[COMMON.length - 1]);
    while (common < most && text.at(place - common) == text.at(end - common)) {
      common++;
    }
    return common;
  }

  /** Copies what followed the place. If that reaches the end of the text, it repeats. */
  @Override
  public int[] draft(Tokens text, int most) {
    int[] draft = new int[most];
    for (int i = 0; i < most; i++) {
      int at = from + i;
      draft[i] = at < text.size() ? text.at(at) : draft[at - text.size()];
    }
    return draft;
  }

  private void index(Tokens text) {
    if (text.size() > before.length) {
      before = Arrays.copyOf(before, 2 * text.size());
    }
    if (text.size() > last.length) {
      last = empty(Integer.highestOneBit(text.size()) * 4);
      indexed = 0;
    }
    for (; indexed < text.size(); indexed++) {
      if (indexed > 0) {
        int slot = slot(text.at(indexed - 1), text.at(indexed));
        before[indexed] = last[slot];
        last[slot] = indexed;
      }
    }
  }

  private int slot(int token, int next) {
    int hash = (31 * token + next) * 0x9E3779B9; // Fibonacci hashing
    return hash >>> (Integer.numberOfLeadingZeros(last.length) + 1);
  }

  @Override
  public int strengths() {
    return COMMON.length;
  }

  @Override
  public double prior(int strength) {
    return PRIOR[strength];
  }

  @Override
  public double cost() {
    return 0;
  }

  @Override
  public void end() {}
}
