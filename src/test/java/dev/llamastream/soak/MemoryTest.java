package dev.llamastream.soak;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Resident memory is flat over many generations, and over many models loaded and closed. */
@Tag("soak")
class MemoryTest {

  /**
   * Without the JIT compiler, whose code cache still grows after a thousand loads and whose working
   * memory comes and goes by 10 MiB, and with a heap that is all there from the beginning: what
   * grows then is a leak.
   */
  @Test
  void residentMemoryIsFlat() throws Exception {
    assertThat(
            SeedRunner.run(
                MemoryLoad.class,
                2,
                "-Xint",
                "-Xms32m",
                "-Xmx32m",
                "-XX:+AlwaysPreTouch",
                "-XX:+UseSerialGC"))
        .isEmpty();
  }
}
