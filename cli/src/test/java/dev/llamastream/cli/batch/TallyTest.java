package dev.llamastream.cli.batch;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class TallyTest {

  @Test
  void tellsLinesSpeedTimeAndErrors() {
    Answered answered = new Answered();
    answered.add(new OutputLine(1, 0, false));
    answered.add(new OutputLine(2, 0, true));
    Tally tally = new Tally(2_000, answered);
    assertThat(tally.progress()).matches("2 of 2,000 lines, 0.0 lines/s, 1 error");
    assertThat(tally.summary()).isEqualTo("2 of 2,000 lines, 1 error");

    tally.count(true);
    tally.count(false);
    tally.onBegin(Duration.ZERO);
    tally.onStep(5, 2, Duration.ZERO);

    assertThat(tally.progress())
        .matches("4 of 2,000 lines, [0-9.]+ lines/s, [0-9.]+ tokens/s, [0-9:]+ left, 2 errors");
    assertThat(tally.summary())
        .matches("4 of 2,000 lines in 0:00, [0-9.]+ lines/s, [0-9.]+ tokens/s, 2 errors");
    assertThat(tally.failed()).isEqualTo(2);
    assertThat(tally.complete()).isFalse();
  }

  @Test
  void anInputThatIsReadOnceHasNoEnd() {
    Tally tally = new Tally(-1, new Answered());
    tally.count(true);

    assertThat(tally.progress()).matches("1 lines, [0-9.]+ lines/s, 0 errors");
    assertThat(tally.complete()).isFalse();
  }
}
