package dev.llamastream.cli.batch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class AnsweredTest {

  private final Answered answered = new Answered();

  private void add(int... lines) {
    for (int line : lines) {
      answered.add(new OutputLine(line, -line, line % 10 == 0));
    }
  }

  @Test
  void knowsLinesInAnyOrder() {
    int[] lines = new Random(7).ints(1, 1_000_000_000).distinct().limit(1000).toArray();
    add(lines);

    for (int line : lines) {
      assertThat(answered.has(line)).isTrue();
      assertThat(answered.crc(line)).isEqualTo(-line);
    }
    assertThat(answered.has(0)).isFalse();
    assertThat(answered.has(1_000_000_001)).isFalse();
    assertThat(answered.count()).isEqualTo(1000);
    assertThat(answered.ascending()).isFalse();
    assertThat(answered.repeated()).isZero();
    assertThat(answered.last()).isEqualTo(lines[999]);
  }

  @Test
  void anEmptyOneKnowsNothing() {
    assertThat(answered.has(1)).isFalse();
    assertThat(answered.max()).isZero();
    assertThat(answered.repeated()).isZero();
    assertThat(answered.ascending()).isTrue();
  }

  @Test
  void findsARepeatedLine() {
    add(3, 10, 12);
    assertThat(answered.ascending()).isTrue();
    assertThat(answered.failed()).isEqualTo(1);
    assertThat(answered.max()).isEqualTo(12);

    add(10);
    assertThat(answered.ascending()).isFalse();
    assertThat(answered.repeated()).isEqualTo(10);
    assertThat(answered.failed()).isEqualTo(2);
  }
}
