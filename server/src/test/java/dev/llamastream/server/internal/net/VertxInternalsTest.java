package dev.llamastream.server.internal.net;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import java.io.InputStream;
import org.junit.jupiter.api.Test;

class VertxInternalsTest {

  /** Nobody promises that what {@link VertxInternals} uses stays as it is. */
  @Test
  void versionHasBeenLookedAt() throws Exception {
    try (InputStream in =
        Vertx.class.getClassLoader().getResourceAsStream("META-INF/vertx/vertx-version.txt")) {
      assertThat(new String(in.readAllBytes(), UTF_8).strip())
          .as("another Vert.x: does VertxInternals still fit it? Does Connections' pipeline?")
          .isEqualTo("5.1.6");
    }
  }

  @Test
  void theClassPathNeedsNoFlag() {
    VertxInternals.requireAccess();
  }
}
