package dev.llamastream.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Collections;
import java.util.Locale;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who has said all it will say, as {@code nc -N} does, and listens on. */
@Timeout(60)
class HalfClosedTest {

  private static TestServer server;

  @BeforeAll
  static void start() throws IOException {
    server = TestServer.start();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  /** The answer after any number of those that mean nothing. */
  private static RawHttp.Response answer(RawHttp http) throws IOException {
    RawHttp.Response response;
    do {
      response = http.head();
    } while (response.status() == 100);
    return response;
  }

  @ParameterizedTest
  @ValueSource(strings = {"/health", "/v1/models", "/nothing"})
  void isAnswered(String path) throws Exception {
    try (RawHttp http = server.connect()) {
      http.write("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
      http.halfClose();
      assertThat(answer(http).body()).isNotEmpty();
      assertThat(http.readAll()).isEmpty();
    }
  }

  @Test
  void getsTheWholeStream() throws Exception {
    try (RawHttp http = server.connect()) {
      http.sendPost("/stream", "{\"prompt\": \"Once\", \"max_tokens\": 300}");
      http.halfClose();
      assertThat(answer(http).status()).isEqualTo(200);
      assertThat(http.chunks()).contains("\"index\":299", "\"done\":true");
      assertThat(http.readAll()).isEmpty();
    }
  }

  @Test
  void waitsForItsAnswer() throws Exception {
    HeldEngine held = new HeldEngine();
    try (TestServer slow = TestServer.start(params -> params, params -> params, held);
        RawHttp http = slow.connect();
        RawHttp events = slow.connect()) {
      held.hold();
      http.sendPost("/v1/completions", "{\"prompt\": \"Once\", \"max_tokens\": 8}");
      held.awaitHeld();
      events.post("/stream", "{\"prompt\": \"Once\", \"max_tokens\": 8}");
      http.halfClose();
      events.halfClose();
      // while it waits it is asked whether it is there
      for (int i = 0; i < 2; i++) {
        assertThat(http.head().status()).isEqualTo(100);
        assertThat(events.chunk()).isEqualTo(":\n\n");
      }
      held.release();
      RawHttp.Response response = answer(http);
      assertThat(response.status()).isEqualTo(200);
      assertThat(response.body()).contains("\"finish_reason\":\"length\"");
      assertThat(http.readAll()).isEmpty();
      assertThat(events.chunks()).contains("\"done\":true");
      assertThat(events.readAll()).isEmpty();
    }
  }

  @Test
  void getsTheRestOfAnAnswer() throws Exception {
    int small = 4096;
    String inputs = String.join(",", Collections.nCopies(500, "\"x\""));
    try (TestServer slow = TestServer.start(params -> params.socketSendBuffer(small));
        RawHttp http = RawHttp.connect(slow.port(), small)) {
      http.sendPost("/v1/embeddings", String.format(Locale.ROOT, "{\"input\": [%s]}", inputs));
      assertThat(http.in().read()).isEqualTo('H');
      http.halfClose();
      for (int i = 0; i < 3; i++) {
        try (RawHttp other = slow.connect()) {
          // the event loop has dealt with all that came before this
          assertThat(other.get("/health").status()).isEqualTo(200);
        }
      }
      assertThat(http.head().body()).endsWith("}").contains("\"index\":499");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "GET /health HTTP/1.1\r\nHo",
        "POST /stream HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            + "Content-Length: 10\r\n\r\n{",
      })
  void isClosedWithoutAWholeRequest(String part) throws Exception {
    try (RawHttp http = server.connect()) {
      http.write(part);
      http.halfClose();
      assertThat(http.readAll()).doesNotContain("200");
    }
    try (RawWebSocket socket = server.webSocket()) {
      socket.halfClose();
      assertThat(socket.receiveNothing()).isTrue();
    }
  }
}
