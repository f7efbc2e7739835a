package dev.llamastream.server.internal.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llamastream.server.RawHttp;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Whatever a handler throws, its client is answered, and told nothing of the inside. */
@Timeout(60)
class FailingHandlerTest {

  private static final String SECRET = "/home/alice";

  private RoutedServer server;

  @BeforeEach
  void start() {
    server = RoutedServer.start("");
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private void assertNoneIsLeft() {
    assertThat(server.inFlight.awaitNone(Duration.ofSeconds(30))).isTrue();
  }

  @Test
  void answersAnError() throws Exception {
    server.router.get(
        "/boom",
        _ -> {
          throw new OutOfMemoryError(SECRET);
        });
    try (RawHttp client = server.connect()) {
      RawHttp.Response response = client.get("/boom");
      assertThat(response.status()).isEqualTo(500);
      assertThat(response.body()).contains("internal_error").doesNotContain(SECRET);
      assertThat(client.get("/health").status()).isEqualTo(200);
    }
    assertNoneIsLeft();
  }

  @Test
  void endsAStreamWithAnError() throws Exception {
    server.router.get(
        "/boom",
        request -> {
          request.sse().data("first");
          throw new StackOverflowError(SECRET);
        });
    try (RawHttp client = server.connect()) {
      assertThat(client.get("/boom").status()).isEqualTo(200);
      assertThat(client.chunks())
          .startsWith("data: first\n\nevent: error\n")
          .contains("internal_error")
          .doesNotContain(SECRET);
      assertThat(client.get("/health").status()).isEqualTo(200);
    }
    assertNoneIsLeft();
  }
}
