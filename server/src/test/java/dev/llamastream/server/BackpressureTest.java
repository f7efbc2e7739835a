package dev.llamastream.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.llamastream.ContextParams;
import dev.llamastream.engine.EngineSnapshot;
import java.io.IOException;
import java.time.Duration;
import java.util.Locale;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Small socket buffers at both ends: what a client does not take is soon not generated. */
@Timeout(120)
class BackpressureTest {

  private static final int SMALL = 4096;
  private static final int TOKENS = 3_000;
  private static final String LONG =
      String.format(
          Locale.ROOT, "{\"prompt\": \"Once\", \"max_tokens\": %d, \"temperature\": 0}", TOKENS);

  private TestServer server;
  private final HeldEngine counter = new HeldEngine();

  @BeforeEach
  void start() throws IOException {
    server = start(Duration.ofMinutes(2));
  }

  private TestServer start(Duration stallTimeout) throws IOException {
    return TestServer.start(
        params ->
            params
                .streamBuffer(4)
                .context(ContextParams.builder().contextSize(16_384).threads(1).build()),
        params -> params.sendBuffer(SMALL).socketSendBuffer(SMALL).stallTimeout(stallTimeout),
        counter);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void parksTheStreamOfAClientThatDoesNotRead() throws Exception {
    try (RawHttp stalled = RawHttp.connect(server.port(), SMALL)) {
      stalled.post("/stream", LONG);
      awaitStandstill(server);

      // and nothing is lost
      String all = stalled.chunks();
      String[] frames = all.split("\n\n");
      for (int i = 0; i < frames.length; i++) {
        assertThat(frames[i]).contains("\"index\":" + i + ",");
      }
      assertThat(all).contains("\"generated_tokens\":" + TOKENS);
    }
    server.awaitIdle();
  }

  @Test
  void parksTheStreamOfAWebSocketThatDoesNotRead() throws Exception {
    RawHttp http = RawHttp.connect(server.port(), SMALL);
    try (RawWebSocket stalled = RawWebSocket.over(http, "/ws")) {
      stalled.send(LONG);
      awaitStandstill(server);

      assertThat(stalled.textUntilEnd()).endsWith("|done");
    }
    server.awaitIdle();
  }

  @Test
  void streamsOfOneSocketShareItsRoomAndHoldUpNobody() throws Exception {
    RawHttp http = RawHttp.connect(server.port(), SMALL);
    try (RawWebSocket stalled = RawWebSocket.over(http, "/ws")) {
      int requests = 4;
      for (int id = 0; id < requests; id++) {
        stalled.send(LONG.replace("{", "{\"id\": " + id + ", "));
      }
      TestServer.await(() -> server.engine.snapshot().parked() == requests);
      try (RawHttp other = server.connect()) {
        assertThat(other.get("/health").status()).isEqualTo(200);
      }

      int[] tokens = new int[requests];
      for (int done = 0; done < requests; ) {
        JsonNode message = stalled.message();
        if (message.get("type").asText().equals("done")) {
          assertThat(message.get("stats").get("generated_tokens").asInt()).isEqualTo(TOKENS);
          done++;
        } else {
          tokens[message.get("id").asInt()]++;
        }
      }
      assertThat(tokens).containsOnly(tokens[0]);
    }
    server.awaitIdle();
  }

  @Test
  void endsTheStreamOfAClientThatGoesWithoutReading() throws Exception {
    RawHttp stalled = RawHttp.connect(server.port(), SMALL);
    stalled.post("/stream", LONG);
    awaitStandstill(server);

    stalled.close();

    server.awaitIdle();
  }

  @Test
  void cancelsWhileTheSocketIsFull() throws Exception {
    RawHttp http = RawHttp.connect(server.port(), SMALL);
    try (RawWebSocket stalled = RawWebSocket.over(http, "/ws")) {
      stalled.send(LONG);
      awaitStandstill(server);
      stalled.send("{\"type\": \"cancel\"}");

      server.awaitIdle();
      JsonNode last;
      do {
        last = stalled.message();
      } while (last.get("type").asText().equals("token"));
      assertThat(last.get("finish_reason").asText()).isEqualTo("cancelled");
    }
  }

  @Test
  void cutsOffAClientThatTakesNothingForTooLong() throws Exception {
    try (TestServer impatient = start(Duration.ofMillis(50));
        RawHttp stalled = RawHttp.connect(impatient.port(), SMALL)) {
      stalled.post("/stream", LONG);

      TestServer.await(() -> impatient.metrics.connections().get() == 0);
      impatient.awaitIdle();
    }
  }

  @Test
  void sendsNoMoreThanWasGranted() throws Exception {
    try (RawWebSocket socket = server.webSocket()) {
      socket.send(LONG.replace("{", "{\"id\": \"a\", \"credit\": 3, "));
      for (int i = 0; i < 3; i++) {
        assertThat(socket.message().get("type").asText()).isEqualTo("token");
      }
      awaitParked(server);
      // the answer is the next message: there was no fourth token
      socket.send("{\"type\": \"ping\"}");
      assertThat(socket.message().get("type").asText()).isEqualTo("pong");

      socket.send("{\"type\": \"credit\", \"id\": \"a\", \"n\": 2}");
      assertThat(socket.message().get("type").asText()).isEqualTo("token");
      assertThat(socket.message().get("type").asText()).isEqualTo("token");
      awaitParked(server);
      socket.send("{\"type\": \"cancel\", \"id\": \"a\"}");
      assertThat(socket.message().get("finish_reason").asText()).isEqualTo("cancelled");
    }
    server.awaitIdle();
  }

  /** The clock is another client's stream: in its time the one that nobody reads got no token. */
  private void awaitStandstill(TestServer server) throws IOException {
    int others = 50;
    int each = others - 1; // its first token comes from its prompt
    int rounds = 0;
    int before;
    do {
      awaitParked(server);
      rounds++;
      before = counter.decoded.get();
      try (RawHttp other = server.connect()) {
        other.post(
            "/stream",
            String.format(Locale.ROOT, "{\"prompt\": \"Other\", \"max_tokens\": %d}", others));
        assertThat(other.chunks()).contains("\"finish_reason\":\"max_tokens\"");
      }
      awaitParked(server);
    } while (counter.decoded.get() - before != each);
    // some 50 bytes for a token: all buffers together hold few
    assertThat(before - (rounds - 1) * each).isLessThan(TOKENS / 4);
  }

  private static void awaitParked(TestServer server) {
    TestServer.await(
        () -> {
          EngineSnapshot snapshot = server.engine.snapshot();
          return snapshot.parked() == 1 && TestServer.total(snapshot) == 1;
        });
  }
}
