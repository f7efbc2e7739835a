package dev.llamastream.soak;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Broken model files: each is loaded or refused, and the JVM lives. */
@Tag("soak")
class GgufFuzzTest {

  @Test
  void mutations() throws Exception {
    assertThat(SeedRunner.run(GgufFuzz.class, Soak.scaled(20_000))).isEmpty();
  }
}
