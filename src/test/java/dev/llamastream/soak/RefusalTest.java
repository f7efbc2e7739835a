package dev.llamastream.soak;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What is refused leaves no memory behind. */
class RefusalTest {

  /** A short run, of what a constructor refuses. */
  @Test
  void refusalsLeaveNothing() throws Exception {
    assertThat(run(0.1)).isEmpty();
  }

  @Test
  @Tag("soak")
  void hundredThousandOfEachLeaveNothing() throws Exception {
    assertThat(run(1)).isEmpty();
  }

  /** With a heap that is all there from the beginning: what grows then is native memory. */
  private static List<String> run(double scale) throws Exception {
    return SeedRunner.run(
        RefusalLoad.class,
        RefusalLoad.Kind.values().length,
        "-Dllamastream.soak.scale=" + scale,
        "-Xms64m",
        "-Xmx64m",
        "-XX:+AlwaysPreTouch",
        "-XX:+UseSerialGC");
  }
}
