package dev.llamastream.internal.speculation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

/** How long drafts are, for texts that follow them more or less. */
class DraftLengthTest {

  /** What a draft costs a step, and what each of its tokens does. */
  private static final double STEP = 0.4;

  private static final double TOKEN = 0.25;

  private static final Drafter DRAFTER = new PromptLookup();
  private final Random random = new Random(1);
  private final DraftLength length = new DraftLength(DRAFTER);
  private double time;
  private int tokens;

  /** Steps whose drafts are right, token by token, with this probability. */
  private void run(int steps, int strength, double right) {
    for (int i = 0; i < steps; i++) {
      int drafted = length.of(strength);
      int accepted = 0;
      while (accepted < drafted && random.nextDouble() < right) {
        accepted++;
      }
      length.verified(strength, drafted, accepted);
      time += 1 + (drafted == 0 ? 0 : STEP + TOKEN * drafted);
      tokens += 1 + accepted;
    }
  }

  private double speed() {
    return tokens / time;
  }

  @Test
  void draftsThatComeTrueBecomeLong() {
    run(50, 5, 1);
    assertThat(length.of(5)).isEqualTo(DraftLength.MOST);
    assertThat(speed()).isGreaterThan(2.5);
  }

  @Test
  void draftsThatNeverComeTrueCostAHundredth() {
    run(2_000, 5, 0);
    assertThat(speed()).isBetween(0.98, 1.0);
  }

  /** The probabilities at which a draft is nearly worth it are the worst. */
  @Test
  void noProbabilityMakesItSlower() {
    for (double right = 0; right <= 1; right += 0.05) {
      for (int strength = 0; strength < DRAFTER.strengths(); strength++) {
        DraftLengthTest fresh = new DraftLengthTest();
        fresh.run(1_000, strength, right);
        assertThat(fresh.speed()).as("%.2f of strength %d", right, strength).isGreaterThan(0.98);
      }
    }
  }

  @Test
  void triesAgainWhereTheTextHasChanged() {
    run(1_000, 4, 0);
    time = 0;
    tokens = 0;
    run(1_000, 4, 1);
    assertThat(speed()).isGreaterThan(2);
  }

  @Test
  void aDrafterThatCostsAsMuchAsTheModelIsNotUsed() {
    Drafter costly =
        new Drafter() {
          @Override
          public int look(Tokens text) {
            return 0;
          }

          @Override
          public int[] draft(Tokens text, int most) {
            return new int[most];
          }

          @Override
          public int strengths() {
            return 1;
          }

          @Override
          public double prior(int strength) {
            return 1;
          }

          @Override
          public double cost() {
            return 1;
          }

          @Override
          public void end() {}
        };
    assertThat(new DraftLength(costly).of(0)).isZero();
  }
}
