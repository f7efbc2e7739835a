package dev.llamastream.cli;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Says how far something is, from time to time, until it is closed. */
final class ProgressReport implements AutoCloseable {

  private static final Duration ON_A_TERMINAL = Duration.ofMillis(500);
  private static final Duration ELSEWHERE = Duration.ofSeconds(30);

  private final PrintWriter out;
  private final ProgressLine line;
  private final ScheduledExecutorService clock =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("progress").factory());

  /** Shows one line on a terminal, and prints one line after the other elsewhere. */
  ProgressReport(PrintWriter out, Supplier<String> text) {
    this.out = out;
    this.line = new ProgressLine(out);
    boolean terminal = StandardInput.isTerminal();
    long period = (terminal ? ON_A_TERMINAL : ELSEWHERE).toMillis();
    ScheduledFuture<?> _ =
        clock.scheduleAtFixedRate(
            () -> {
              if (terminal) {
                line.show(text.get());
              } else {
                this.out.println(text.get());
              }
            },
            period,
            period,
            TimeUnit.MILLISECONDS);
  }

  @Override
  public void close() {
    clock.close();
    line.clear();
  }
}
