package dev.llamastream.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Future;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ShutdownTest {

  private static final Duration LONG = Duration.ofMinutes(1);
  private static final String ENDLESS = "{\"prompt\": \"Once\", \"max_tokens\": 100000}";

  @Test
  void letsRunningStreamsEndAndRefusesNewOnes() throws Exception {
    HeldEngine held = new HeldEngine();
    try (TestServer server = TestServer.start(params -> params, params -> params, held);
        RawHttp running = server.connect();
        RawHttp late = server.connect();
        RawWebSocket socket = server.webSocket()) {
      held.hold();
      running.post("/stream", "{\"prompt\": \"Once\", \"max_tokens\": 20}");
      held.awaitHeld();
      Thread closing = Thread.ofVirtual().start(() -> server.server.close(LONG));
      RawHttp.Response health;
      do {
        health = late.get("/health");
      } while (health.status() == 200);
      assertThat(health.body()).isEqualTo("{\"status\":\"stopping\"}");
      RawHttp.Response refused = late.post("/stream", ENDLESS);
      assertThat(refused.status()).isEqualTo(503);
      assertThat(refused.headers()).containsKey("Retry-After");
      socket.send(ENDLESS);
      assertThat(socket.message().get("code").asText()).isEqualTo("shutting_down");
      held.release();

      assertThat(running.chunks()).contains("\"index\":20,\"done\":true");
      assertThat(socket.receive().closeStatus()).isEqualTo(1001);
      closing.join();
    }
  }

  @Test
  void endsStreamsWithAnErrorWhenTheTimeIsUp() throws Exception {
    try (TestServer server = TestServer.start();
        RawHttp sse = server.connect();
        RawWebSocket socket = server.webSocket();
        RawWebSocket waiting = server.webSocket()) {
      sse.post("/stream", ENDLESS);
      sse.chunk();
      socket.send(ENDLESS);
      socket.message();
      waiting.send(ENDLESS.replace("{", "{\"credit\": 1, "));
      waiting.message();

      Thread closing = Thread.ofVirtual().start(() -> server.server.close(Duration.ofMillis(10)));

      assertThat(sse.chunks()).contains("event: error\ndata: {\"error\":{", "shutting_down");
      assertThat(socket.textUntilEnd()).endsWith("|error");
      assertThat(waiting.textUntilEnd()).isEqualTo("|error");
      closing.join();
      server.awaitIdle();
    }
  }

  @Test
  void endsEmbeddings() throws Exception {
    String texts =
        "[\"x\"" + String.format(Locale.ROOT, ", \"%s\"", "y".repeat(900)).repeat(1_000) + "]";
    try (TestServer server = TestServer.start();
        RawHttp http = server.connect()) {
      http.sendPost("/v1/embeddings", "{\"input\": " + texts + "}");
      TestServer.await(() -> server.metrics.embedded() > 0);

      Thread closing = Thread.ofVirtual().start(() -> server.server.close(Duration.ofMillis(10)));

      RawHttp.Response response = http.head();
      assertThat(response.status()).isEqualTo(503);
      assertThat(response.body()).contains("shutting_down");
      closing.join();
      TestServer.await(
          () ->
              Thread.getAllStackTraces().keySet().stream()
                  .noneMatch(thread -> thread.getName().equals("llamastream-embeddings")));
    }
  }

  @Test
  void doesNotWaitForClientsThatDoNotRead() throws Exception {
    int small = 4096;
    try (TestServer server =
            TestServer.start(params -> params.sendBuffer(small).socketSendBuffer(small));
        RawHttp stalled = RawHttp.connect(server.port(), small);
        RawWebSocket socket = RawWebSocket.over(RawHttp.connect(server.port(), small), "/ws")) {
      stalled.post("/stream", ENDLESS);
      socket.send(ENDLESS);
      TestServer.await(() -> server.engine.snapshot().parked() == 2);

      server.server.close(Duration.ofMillis(10));

      server.awaitIdle();
      assertThat(server.metrics.connections()).hasValue(0);
    }
  }

  @Test
  void freesItsThreadsThoughConnectionsDoNotEnd() {
    AtomicBoolean freed = new AtomicBoolean();
    assertThatThrownBy(
            () ->
                LlamaServer.awaitInOrder(
                    Future.failedFuture("connections are left"),
                    () -> {
                      freed.set(true);
                      return Future.succeededFuture();
                    }))
        .hasMessage("the server did not close");
    assertThat(freed).isTrue();
  }
}
