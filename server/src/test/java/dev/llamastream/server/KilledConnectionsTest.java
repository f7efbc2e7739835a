package dev.llamastream.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llamastream.fixture.UncaughtExceptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Connections that end anywhere: nothing of them is left. */
@Timeout(1800)
class KilledConnectionsTest {

  @Test
  void leavesNothingBehind() throws Exception {
    kill(60);
  }

  @Test
  @Tag("soak")
  void leavesNothingBehindAThousand() throws Exception {
    kill(1_000);
  }

  private static void kill(int connections) throws Exception {
    try (UncaughtExceptions uncaught = UncaughtExceptions.collect();
        TestServer server =
            TestServer.start(params -> params.slots(4).prefixCache(false), params -> params)) {
      connection(server, new Random(0)); // loads what is loaded once
      server.awaitIdle();
      TestServer.await(() -> server.metrics.connections().get() == 0);
      long files = openFiles();
      List<Future<?>> killed = new ArrayList<>();
      try (ExecutorService clients = Executors.newFixedThreadPool(16)) {
        for (int i = 0; i < connections; i++) {
          Random random = new Random(i);
          killed.add(
              clients.submit(
                  () -> {
                    connection(server, random);
                    return null;
                  }));
        }
      }
      for (Future<?> one : killed) {
        one.get();
      }
      server.awaitIdle();
      TestServer.await(() -> server.metrics.connections().get() == 0);
      assertThat(server.metrics.webSockets()).hasValue(0);
      // those of a stream that ended while the model ran are free when the step is over
      TestServer.await(() -> server.engine.snapshot().kvCellsUsed() == 0);
      assertThat(openFiles()).isLessThanOrEqualTo(files);
      // no thread of a request is left for the server to wait for
      server.server.close(Duration.ofMinutes(1));
      assertThat(uncaught.all()).isEmpty();
    }
  }

  /** Reads a random part of an answer, and goes. */
  private static void connection(TestServer server, Random random) throws Exception {
    String body =
        String.format(
            Locale.ROOT,
            "{\"prompt\": \"%s\", \"max_tokens\": 2000}",
            "x".repeat(1 + random.nextInt(2_000)));
    RawHttp http = server.connect();
    boolean webSocket = random.nextBoolean();
    switch (random.nextInt(8)) {
      case 0 -> {}
      case 1 -> http.write("POST /stream HTTP/1.1\r\nHost: loc");
      case 2 ->
          http.write("POST /stream HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n{");
      default -> {
        if (webSocket) {
          RawWebSocket socket = RawWebSocket.over(http, "/ws");
          socket.send(body);
          for (int i = random.nextInt(20); i > 0; i--) {
            socket.receive();
          }
        } else {
          http.sendPost("/stream", body);
          int chunks = random.nextInt(20);
          if (chunks > 0 && http.head().status() == 200) {
            for (; chunks > 0; chunks--) {
              http.chunk();
            }
          }
        }
      }
    }
    if (random.nextBoolean()) {
      http.reset();
    } else {
      http.close();
    }
  }

  /** Those of this process; 0 where the system does not tell. */
  private static long openFiles() throws Exception {
    Path files = Path.of("/proc/self/fd");
    if (!Files.isDirectory(files)) {
      return 0;
    }
    try (Stream<Path> open = Files.list(files)) {
      return open.count();
    }
  }
}
