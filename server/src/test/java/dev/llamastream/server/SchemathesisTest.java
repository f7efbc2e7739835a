package dev.llamastream.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.llamastream.server.spi.ModelLibrary;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Schemathesis makes requests of {@code /openapi.json}: the server answers none with 5xx, and none
 * in another way than the document says. Skipped where there is no Python, but not in CI.
 */
@Timeout(3600)
class SchemathesisTest {

  @Test
  void someRequests() throws Exception {
    conforms(5, 1);
  }

  @Test
  @Tag("soak")
  void manyRequests() throws Exception {
    conforms(200, 2);
  }

  private static void conforms(int examples, int seed) throws Exception {
    Client schemathesis = Client.of(Path.of("src", "test", "schemathesis"));
    if (!"true".equals(System.getenv("CI"))) {
      assumeTrue(schemathesis.canRun(), "there is no Python");
    }
    schemathesis.install();
    try (ModelsServer models = ModelsServer.start(ModelLibrary.NONE)) {
      List<String> said =
          schemathesis.run(
              "test",
              Map.of(
                  "BASE_URL",
                  "http://127.0.0.1:" + models.server().port(),
                  "EXAMPLES",
                  String.valueOf(examples),
                  "SEED",
                  String.valueOf(seed)));
      assertThat(said).anyMatch(line -> line.contains("No issues found"));
    }
  }
}
