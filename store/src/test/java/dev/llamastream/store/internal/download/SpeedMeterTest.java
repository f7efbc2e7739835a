package dev.llamastream.store.internal.download;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.llamastream.store.internal.http.FakePause;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class SpeedMeterTest {

  private final FakePause clock = new FakePause();
  private final SpeedMeter meter = new SpeedMeter(clock);

  private double after(long millis, long bytes) throws InterruptedException {
    clock.sleep(Duration.ofMillis(millis));
    return meter.update(bytes);
  }

  @Test
  void knowsNothingAtFirst() throws InterruptedException {
    assertThat(meter.update(1_000_000)).isZero();
    assertThat(after(99, 2_000_000)).isZero();
  }

  @Test
  void whatWasThereBeforeIsNoSpeed() throws InterruptedException {
    meter.update(1_000_000);

    assertThat(after(1_000, 1_000_500)).isEqualTo(500, within(1e-6));
  }

  @Test
  void forgetsWhatIsLongAgo() throws InterruptedException {
    meter.update(0);
    for (int i = 1; i <= 50; i++) {
      after(100, i * 1_000L);
    }
    double speed = 0;
    for (int i = 1; i <= 60; i++) {
      speed = after(100, 50_000);
    }
    assertThat(speed).isZero();
  }

  @Test
  void aLongSilenceMakesItSlow() throws InterruptedException {
    meter.update(0);
    after(1_000, 10_000);

    assertThat(after(9_000, 10_000)).isLessThan(1_200);
  }

  @Test
  void startsAgainWhenBytesAreLost() throws InterruptedException {
    meter.update(0);
    after(1_000, 10_000);

    assertThat(after(1_000, 100)).isZero();
    assertThat(after(1_000, 1_100)).isEqualTo(1_000, within(1e-6));
  }
}
