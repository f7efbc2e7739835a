package dev.llamastream.internal.speculation;

import dev.llamastream.internal.ffm.ContextConfig;

/**
 * Decides how many tokens to draft, from how many of earlier drafts came true. It knows no time, so
 * that the same text is always computed in the same steps.
 *
 * <p>A step with a draft costs more than one without. There is a budget for failed drafts: two
 * steps at first, a hundredth of a step with each step, and what successful drafts gain. Without
 * budget, nothing is drafted.
 */
final class DraftLength {

  /** The maximum length. */
  static final int MOST = ContextConfig.MAX_DRAFT;

  /**
   * What a draft costs a step, and what each of its tokens does, in steps of one token. Measured on
   * 2 processors; less on many, and on a GPU.
   */
  private static final double STEP = 0.4;

  private static final double TOKEN = 0.25;

  /** The budget in steps: what each step adds, what there is at first, and at most. */
  private static final double BY_STEP = 0.01;

  private static final double FIRST = 2;
  private static final double LIMIT = 8;

  /** How many tokens the first estimate counts for. */
  private static final double BELIEF = 4;

  /** How much of what is known is kept when a draft adds to it, and in a step without a draft. */
  private static final double KEPT = 0.95;

  private static final double KEPT_IDLE = 0.98;

  private final Drafter drafter;
  private final double cost;
  // tokens that came true and did not, by strength
  private final double[] right;
  private final double[] wrong;
  private double budget = FIRST;

  DraftLength(Drafter drafter) {
    this.drafter = drafter;
    this.cost = TOKEN + drafter.cost();
    right = new double[drafter.strengths()];
    wrong = new double[drafter.strengths()];
  }

  /** How many tokens to draft; 0 if a draft does not pay. */
  int of(int strength) {
    if (budget <= 0) {
      return 0;
    }
    double p = probability(strength);
    int best = 0;
    double speed = 1;
    double come = 1;
    double tokens = 1;
    for (int length = 1; length <= MOST; length++) {
      come *= p;
      tokens += come;
      double faster = tokens / (1 + costOf(length));
      if (faster > speed) {
        speed = faster;
        best = length;
      }
    }
    return best;
  }

  private double costOf(int length) {
    return length == 0 ? 0 : STEP + cost * length;
  }

  private double probability(int strength) {
    double known = right[strength] + wrong[strength];
    return (right[strength] + BELIEF * drafter.prior(strength)) / (known + BELIEF);
  }

  /** A token of this strength was not drafted, but came true or did not. */
  void guessed(int strength, boolean cameTrue) {
    right[strength] = KEPT * right[strength] + (cameTrue ? 1 : 0);
    wrong[strength] = KEPT * wrong[strength] + (cameTrue ? 0 : 1);
  }

  /**
   * A step is over.
   *
   * @param strength of its draft
   * @param drafted how many drafted tokens it decoded
   * @param accepted how many of them came true
   */
  void verified(int strength, int drafted, int accepted) {
    budget = Math.min(LIMIT, budget + BY_STEP + accepted - costOf(drafted));
    if (drafted > 0) {
      right[strength] = KEPT * right[strength] + accepted;
      wrong[strength] = KEPT * wrong[strength] + (accepted < drafted ? 1 : 0);
    } else {
      for (int i = 0; i < right.length; i++) {
        right[i] *= KEPT_IDLE;
        wrong[i] *= KEPT_IDLE;
      }
    }
  }
}
