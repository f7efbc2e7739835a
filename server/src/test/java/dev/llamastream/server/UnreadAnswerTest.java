package dev.llamastream.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llamastream.ContextParams;
import java.io.IOException;
import java.time.Duration;
import java.util.Collections;
import java.util.Locale;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who asks and takes no answer does not hold a connection, or memory, for ever. */
@Timeout(60)
class UnreadAnswerTest {

  private static final int SMALL = 4096;
  private static final Duration STALL = Duration.ofMillis(300);
  private static final String STREAM =
      "{\"prompt\": \"Once\", \"max_tokens\": 3000, \"temperature\": 0}";

  private TestServer server;

  @BeforeEach
  void start() throws IOException {
    server = server(STALL);
  }

  private static TestServer server(Duration stall) throws IOException {
    return TestServer.start(
        params ->
            params
                .streamBuffer(4)
                .context(ContextParams.builder().contextSize(16_384).threads(1).build()),
        params -> params.socketSendBuffer(SMALL).sendBuffer(1 << 20).stallTimeout(stall));
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private void awaitCut() {
    TestServer.await(() -> server.metrics.connections().get() == 0);
  }

  @Test
  void cutsOffWhoDoesNotTakeAnAnswerAtOnce() throws Exception {
    String inputs = String.join(",", Collections.nCopies(200, "\"x\""));
    try (RawHttp stalled = RawHttp.connect(server.port(), SMALL)) {
      stalled.sendPost("/v1/embeddings", String.format(Locale.ROOT, "{\"input\": [%s]}", inputs));
      TestServer.await(() -> server.metrics.connections().get() == 1);
      awaitCut();
    }
  }

  @Test
  void countsEmbeddingsUntilTheyAreTaken() throws Exception {
    String json =
        String.format(
            Locale.ROOT,
            "{\"input\": [%s]}",
            String.join(",", Collections.nCopies(2_048, "\"x\"")));
    try (TestServer patient = TestServer.start(params -> params.socketSendBuffer(SMALL))) {
      try (RawHttp stalled = RawHttp.connect(patient.port(), SMALL);
          RawHttp other = RawHttp.connect(patient.port(), SMALL)) {
        stalled.sendPost("/v1/embeddings", json);
        other.sendPost("/v1/embeddings", json);
        // until both are computed, and on their way
        stalled.in().read();
        other.in().read();
        try (RawHttp refused = patient.connect()) {
          assertThat(refused.post("/v1/embeddings", json).status()).isEqualTo(429);
        }
      }
      int status;
      do {
        try (RawHttp next = patient.connect()) {
          status = next.post("/v1/embeddings", "{\"input\": \"x\"}").status();
        }
      } while (status == 429);
      assertThat(status).isEqualTo(200);
    }
  }

  @Test
  void cutsOffWhoDoesNotTakeTheEndOfAStream() throws Exception {
    try (RawHttp stalled = RawHttp.connect(server.port(), SMALL)) {
      stalled.post("/stream", STREAM);
      awaitCut();
    }
  }

  @Test
  void waitsForWhoTakesItSlowly() throws Exception {
    // the kernel's probes of a closed window take hundreds of milliseconds by themselves
    Duration patience = Duration.ofSeconds(2);
    try (TestServer patient = server(patience);
        RawHttp slow = RawHttp.connect(patient.port(), SMALL)) {
      slow.post("/stream", STREAM);
      String last = "";
      int chunks = 0;
      long begun = System.nanoTime();
      for (String chunk = slow.chunk(); !chunk.isEmpty(); chunk = slow.chunk()) {
        last = chunk;
        if (++chunks % 100 == 0) {
          Thread.sleep(patience.toMillis() / 8);
        }
      }
      assertThat(System.nanoTime() - begun).isGreaterThan(2 * patience.toNanos());
      assertThat(last).contains("\"done\":true");
    }
  }

  @Test
  void answersFewOfThePingsOfWhoDoesNotTakeTheAnswers() throws Exception {
    // some 10,000 answers fit into the send buffer
    int pings = 200_000;
    byte[] ping = RawWebSocket.frame(RawWebSocket.PING, true, new byte[100]);
    try (TestServer patient = server(Duration.ofMinutes(1));
        RawWebSocket socket = RawWebSocket.over(RawHttp.connect(patient.port(), SMALL), "/ws")) {
      for (int i = 0; i < pings; i++) {
        socket.write(ping);
      }
      socket.send("{\"type\": \"ping\"}");
      int pongs = 0;
      while (socket.receive().opcode() == RawWebSocket.PONG) {
        pongs++;
      }
      assertThat(pongs).isBetween(1, pings / 10);
    }
  }

  @Test
  void keepsASocketThatHasNothingToSay() throws Exception {
    try (TestServer impatient =
            TestServer.start(
                params -> params.idleTimeout(STALL).headerTimeout(STALL).stallTimeout(STALL));
        RawWebSocket socket = impatient.webSocket()) {
      Thread.sleep(3 * STALL.toMillis());
      socket.send("{\"type\": \"ping\"}");
      assertThat(socket.receive().text()).contains("pong");
    }
  }
}
