package dev.llamastream.soak;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llamastream.fixture.Soak;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Random calls over the whole public API, from several threads, with arguments good and bad: only
 * documented exceptions, no hang, and the JVM lives. The same seed makes the same calls; how
 * threads interleave is theirs.
 */
@Tag("soak")
class ApiFuzzTest {

  private static final long CALLS = 200_000;

  @Test
  void onlyDocumentedExceptions() throws Exception {
    assertThat(SeedRunner.run(ApiFuzz.class, Soak.scaled(CALLS / ApiScenario.CALLS))).isEmpty();
  }
}
