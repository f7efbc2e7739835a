package dev.llamastream.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.Collections;
import java.util.Locale;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who goes takes his stream along: it leaves the engine before the next decode. */
@Timeout(60)
class DisconnectTest {

  private static final String LONG_PROMPT = "x".repeat(6_000);
  private static final String ENDLESS =
      "{\"prompt\": \"Once\", \"max_tokens\": 100000, \"temperature\": 0}";

  private static final String STREAM = ", \"stream\": true";
  private static final String ENDLESS_CHAT =
      "{\"messages\": [{\"role\": \"user\", \"content\": \"Hi\"}], \"max_tokens\": 100000"
          + STREAM
          + "}";

  private final HeldEngine held = new HeldEngine();
  private TestServer server;

  @BeforeEach
  void start() throws IOException {
    server =
        TestServer.start(
            params -> params.prefillChunk(16).slots(2).prefixCache(false), params -> params, held);
  }

  @AfterEach
  void stop() {
    held.release();
    server.close();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void endsDuringPrefill(boolean reset) throws Exception {
    held.hold();
    RawHttp http = server.connect();
    http.sendPost("/stream", String.format(Locale.ROOT, "{\"prompt\": \"%s\"}", LONG_PROMPT));
    held.awaitHeld();

    close(http, reset);

    assertNoMoreSteps();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void endsDuringDecode(boolean reset) throws Exception {
    RawHttp http = server.connect();
    http.post("/stream", ENDLESS);
    assertThat(http.chunk()).contains("\"index\":0");
    held.hold();
    held.awaitHeld();

    close(http, reset);

    assertNoMoreSteps();
  }

  @ParameterizedTest
  @ValueSource(strings = {"/v1/chat/completions", "/stream"})
  void endsAChat(String path) throws Exception {
    RawHttp http = server.connect();
    String ask = path.equals("/stream") ? ENDLESS_CHAT.replace(STREAM, "") : ENDLESS_CHAT;
    assertThat(http.post(path, ask).status()).isEqualTo(200);
    assertThat(http.chunk()).contains("data: ");
    assertThat(http.chunk()).contains("data: ");
    held.hold();
    held.awaitHeld();

    http.close();

    assertNoMoreSteps();
  }

  @Test
  void endsAChatThatIsAnsweredAtOnce() throws Exception {
    RawHttp http = server.connect();
    http.sendPost("/v1/chat/completions", ENDLESS_CHAT.replace(STREAM, ""));
    TestServer.await(() -> held.decoded.get() > 3);
    held.hold();
    held.awaitHeld();

    http.reset();

    assertNoMoreSteps();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void endsAWebSocketsRequests(boolean reset) throws Exception {
    RawWebSocket socket = server.webSocket();
    socket.send(ENDLESS);
    socket.send(ENDLESS.replace("{", "{\"id\": 2, "));
    while (socket.message().get("id") == null) {
      // until both run
    }
    held.hold();
    held.awaitHeld();

    if (reset) {
      socket.reset();
    } else {
      socket.close();
    }

    assertNoMoreSteps();
    assertThat(server.metrics.webSockets()).hasValue(0);
  }

  @Test
  void endsInTheQueue() throws Exception {
    RawHttp first = server.connect();
    RawHttp second = server.connect();
    RawHttp third = server.connect();
    for (RawHttp running : new RawHttp[] {first, second}) {
      running.post("/stream", ENDLESS);
      running.chunk();
    }
    held.hold();
    held.awaitHeld();
    third.post("/stream", ENDLESS);
    third.close();
    TestServer.await(() -> server.metrics.connections().get() == 2);
    held.release();
    TestServer.await(() -> held.ended.get() == 1);

    first.close();
    second.close();
    server.awaitIdle();
    TestServer.await(() -> held.ended.get() == 3);
  }

  @Test
  void endsWhileTheHandlerWaitsForTheNextToken() throws Exception {
    held.hold();
    RawHttp http = server.connect();
    http.post("/stream", ENDLESS);
    held.awaitHeld();
    http.close();
    TestServer.await(() -> server.metrics.connections().get() == 0);
    held.release();

    server.awaitIdle();
    assertThat(server.server).satisfies(LlamaServer::close);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void endsWithMoreRequestsBehind(boolean reset) throws Exception {
    held.hold();
    RawHttp http = server.connect();
    http.sendPost(
        "/v1/completions", String.format(Locale.ROOT, "{\"prompt\": \"%s\"}", LONG_PROMPT));
    http.write("GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n".repeat(100));
    held.awaitHeld();

    close(http, reset);

    assertNoMoreSteps();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void endsEmbeddings(boolean reset) throws Exception {
    int texts = 1_000;
    String text = String.format(Locale.ROOT, "\"%s\"", "x".repeat(900));
    String input = String.join(",", Collections.nCopies(texts, text));
    RawHttp http = server.connect();
    http.sendPost("/v1/embeddings", String.format(Locale.ROOT, "{\"input\": [%s]}", input));
    TestServer.await(() -> server.metrics.embedded() > 0);

    close(http, reset);

    // waits for those that are being answered
    server.server.close(Duration.ofMinutes(1));
    assertThat(server.metrics.embedded()).isLessThan(texts * 900 / 2.0);
  }

  private static void close(RawHttp http, boolean reset) throws IOException {
    if (reset) {
      http.reset();
    } else {
      http.close();
    }
  }

  /** The engine stands still; the server sees that the peer is gone; then the engine goes on. */
  private void assertNoMoreSteps() throws IOException {
    TestServer.await(() -> server.metrics.connections().get() == 0);
    try (RawHttp http = server.connect()) {
      // the event loop has dealt with all that came before this
      assertThat(http.get("/health").status()).isEqualTo(200);
    }
    int steps = held.steps.get();
    held.release();

    server.awaitIdle();
    assertThat(held.steps).hasValue(steps);
  }
}
