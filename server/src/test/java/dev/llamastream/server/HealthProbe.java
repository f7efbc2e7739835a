package dev.llamastream.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/** Asks for a server's health every 50 ms, over one connection, until it is stopped. */
final class HealthProbe {

  private static final int INTERVAL_MILLIS = 50;

  private final RawHttp http;
  private final List<Double> millis = new ArrayList<>();
  private final FutureTask<Void> task =
      new FutureTask<>(
          () -> {
            probe();
            return null;
          });
  private volatile boolean stopped;

  private HealthProbe(RawHttp http) {
    this.http = http;
  }

  static HealthProbe start(int port) throws IOException {
    HealthProbe probe = new HealthProbe(RawHttp.connect(port));
    Thread.ofPlatform().name("health").start(probe.task);
    return probe;
  }

  private void probe() throws IOException, InterruptedException {
    while (!stopped) {
      long begun = System.nanoTime();
      assertThat(http.get("/health").status()).isEqualTo(200);
      millis.add((System.nanoTime() - begun) / 1e6);
      Thread.sleep(INTERVAL_MILLIS);
    }
  }

  /** Stops asking. Returns how long the answers took. */
  String stop() throws IOException, InterruptedException, ExecutionException {
    stopped = true;
    task.get();
    http.close();
    List<Double> sorted = millis.stream().sorted().toList();
    return String.format(
        Locale.ROOT,
        "%d times /health: p50 %.1f ms, p99 %.1f ms, at most %.1f ms",
        sorted.size(),
        sorted.get(sorted.size() / 2),
        sorted.get(sorted.size() * 99 / 100),
        sorted.getLast());
  }
}
