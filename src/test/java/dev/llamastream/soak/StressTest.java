package dev.llamastream.soak;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llamastream.fixture.Soak;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Sixteen threads open, stream, cancel and close for a minute: no crash, no hang, nothing left. */
@Tag("soak")
class StressTest {

  /** With a heap that is all there from the beginning, so that memory can be compared. */
  @Test
  void sixteenThreads() throws Exception {
    assertThat(
            SeedRunner.run(
                Stress.class,
                Soak.scaled(60),
                "-Xms64m",
                "-Xmx64m",
                "-XX:+AlwaysPreTouch",
                "-XX:+UseSerialGC"))
        .isEmpty();
  }
}
