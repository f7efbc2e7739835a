package dev.llamastream.internal.threads;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class StepThreadsTest {

  @Test
  void aNumberThatTheCallerGivesIsKept() {
    StepThreads threads = new StepThreads(3, 5, 8, 4);
    for (int i = 0; i < 100; i++) {
      assertThat(threads.threads(1)).isEqualTo(3);
      assertThat(threads.threads(7)).isEqualTo(5);
      threads.took(1, 1_000_000 * i);
      threads.took(7, 1_000_000);
    }
    assertThat(threads.mostForOne()).isEqualTo(3);
    assertThat(threads.mostForSeveral()).isEqualTo(5);
  }

  @Test
  void oneOfThemMayBeGiven() {
    StepThreads threads = new StepThreads(0, 5, 8, 4);
    assertThat(threads.threads(1)).isEqualTo(4);
    assertThat(threads.threads(2)).isEqualTo(5);
    assertThat(threads.mostForOne()).isEqualTo(8);
    assertThat(threads.mostForSeveral()).isEqualTo(5);
  }

  /** For a single token one thread is best, for a prompt all 8 are. */
  @Test
  void eachKindOfStepHasItsOwnNumber() {
    StepThreads threads = new StepThreads(0, 0, 8, 4);
    for (int i = 0; i < 400; i++) {
      threads.took(1, 1_000_000L + 100_000L * threads.threads(1));
      threads.took(512, 800_000_000L / threads.threads(512));
    }
    assertThat(threads.threads(1)).isLessThanOrEqualTo(2);
    assertThat(threads.threads(512)).isGreaterThanOrEqualTo(7);
  }

  /** Steps of 300 and of 500 tokens are of one kind: what counts is the time for each token. */
  @Test
  void stepsOfOneKindMayDifferInLength() {
    StepThreads threads = new StepThreads(0, 0, 4, 4);
    for (int i = 0; i < 400; i++) {
      int tokens = i % 2 == 0 ? 300 : 500;
      threads.took(tokens, 1_000_000L * tokens / threads.threads(tokens));
    }
    assertThat(threads.threads(400)).isEqualTo(4);
  }
}
