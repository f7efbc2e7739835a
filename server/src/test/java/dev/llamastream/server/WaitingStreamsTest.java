package dev.llamastream.server;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Streams may wait for long, and many of them: what they need no longer is not kept. */
@Timeout(120)
class WaitingStreamsTest {

  private static final int STREAMS = 64;

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "/stream; {\"prompt\": \"a\"}",
        "/v1/completions; {\"prompt\": \"a\", \"stream\": true}",
        "/v1/completions; {\"prompt\": \"a\"}",
      })
  void theirBodiesAreForgotten(String path, String json) throws Exception {
    assertForgotten(path, json, " ".repeat(1_000_000));
  }

  /** A field that nobody reads takes 20 times its length when it has been parsed. */
  @Test
  void whatWasParsedIsForgotten() throws Exception {
    String junk = String.join(",", Collections.nCopies(100_000, "[]"));
    assertForgotten(
        "/v1/completions",
        String.format(
            Locale.ROOT, "{\"prompt\": \"a\", \"stream\": true, \"metadata\": [%s]}", junk),
        "");
  }

  private static void assertForgotten(String path, String json, String padding) throws Exception {
    HeldEngine held = new HeldEngine();
    List<RawHttp> clients = new ArrayList<>();
    try (TestServer server =
        TestServer.start(
            params -> params.slots(1).queueCapacity(STREAMS), params -> params, held)) {
      held.hold();
      clients.add(server.connect());
      clients.getFirst().sendPost(path, json);
      held.awaitHeld();
      long before = usedHeap();
      for (int i = 1; i <= STREAMS; i++) {
        clients.add(server.connect());
        clients.getLast().sendPost(path, json + padding);
      }
      TestServer.await(() -> server.engine.snapshot().waiting() == STREAMS);

      TestServer.await(() -> usedHeap() - before < STREAMS * 250_000L);
      held.release();
    } finally {
      for (RawHttp client : clients) {
        client.close();
      }
    }
  }

  private static long usedHeap() {
    System.gc();
    return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
  }
}
