package dev.llamastream.internal.speculation;

/**
 * Proposes tokens for one stream. The driver decodes them after the last sampled token, samples
 * from each row as if the token before it had been decoded alone, and stops at the first that
 * differs. So the text does not depend on the proposals. For one thread at a time.
 */
public final class Speculator {

  private static final int[] NONE = {};

  private final Drafter drafter;
  private final DraftLength length;
  private final Tokens text;
  private int left;
  private int strength;
  // what would have been drafted if that paid; -1 for nothing
  private int guess = -1;

  Speculator(Drafter drafter, int[] prompt, int maxTokens) {
    this.drafter = drafter;
    this.length = new DraftLength(drafter);
    this.text = new Tokens(prompt);
    this.left = maxTokens;
  }

  /**
   * Tokens that may follow; empty if proposing does not pay.
   *
   * @param room the maximum number
   */
  public int[] propose(int room) {
    guess = -1;
    strength = drafter.look(text);
    if (strength < 0) {
      return NONE;
    }
    int most = Math.min(length.of(strength), Math.min(room, left - 1));
    if (most > 0) {
      return drafter.draft(text, most);
    }
    if (drafter.cost() == 0) {
      guess = drafter.draft(text, 1)[0];
    }
    return NONE;
  }

  /**
   * A step is over.
   *
   * @param drafted how many proposed tokens it decoded
   * @param accepted how many of them came true
   */
  public void verified(int drafted, int accepted) {
    length.verified(Math.max(0, strength), drafted, accepted);
  }

  /** A token was sampled. */
  public void sampled(int token) {
    if (guess >= 0) {
      length.guessed(strength, guess == token);
      guess = -1;
    }
    text.add(token);
    left--;
  }

  /** No more tokens will be proposed. Any thread, once. */
  public void end() {
    drafter.end();
  }
}
