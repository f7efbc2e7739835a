package dev.llamastream.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** In a time that is made up: the engine's thread parks, and requests arrive meanwhile. */
class ArrivalBatchingTest {

  private final List<Long> arrivals = new ArrayList<>();
  private long now;

  /** When the wait is over, if requests arrive at these times, in microseconds. */
  private long waits(long... micros) {
    for (long micro : micros) {
      arrivals.add(micro * 1_000);
    }
    new ArrivalBatching(() -> now, this::park).await(this::arrived);
    return now / 1_000;
  }

  private int arrived() {
    return (int) arrivals.stream().filter(time -> time <= now).count();
  }

  /** An arrival unparks. */
  private void park(long nanos) {
    long end = now + nanos;
    now = arrivals.stream().filter(time -> time > now && time < end).findFirst().orElse(end);
  }

  @Test
  void nobodyIsWaitedForIfNothingWouldBegin() {
    assertThat(waits()).isZero();
  }

  @Test
  void oneRequestWaitsAMillisecondForAnother() {
    assertThat(waits(0)).isEqualTo(1_000);
  }

  @Test
  void eachThatComesIsFollowedByAnotherMillisecond() {
    assertThat(waits(0, 600, 1_500)).isEqualTo(2_500);
  }

  @Test
  void oneThatComesTooLateIsNotWaitedFor() {
    assertThat(waits(0, 1_200)).isEqualTo(1_000);
  }

  @Test
  void thereIsAnEndToIt() {
    assertThat(waits(0, 900, 1_800, 2_700, 3_600, 4_500, 5_400, 6_300, 7_200)).isEqualTo(5_400);
  }
}
