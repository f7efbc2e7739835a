package dev.llamastream.cli.batch;

import dev.llamastream.engine.EngineListener;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** Counts what is done. Thread-safe. */
public final class Tally implements EngineListener {

  /** How many lines the input has, without blank ones; -1 if it is read only once. */
  private final int total;

  private final int before;
  private final int failedBefore;
  private final AtomicInteger succeeded = new AtomicInteger();
  private final AtomicInteger failed = new AtomicInteger();
  private final AtomicLong tokens = new AtomicLong();
  private volatile long begun = System.nanoTime();

  Tally(int total, Answered answered) {
    this.total = total;
    this.before = answered.count();
    this.failedBefore = answered.failed();
  }

  /** Begins to measure the speed. */
  void begin() {
    begun = System.nanoTime();
  }

  void count(boolean success) {
    (success ? succeeded : failed).incrementAndGet();
  }

  /** The step that ends a prompt gives a stream its first token, but counts as the prompt's. */
  @Override
  public void onBegin(Duration waited) {
    tokens.incrementAndGet();
  }

  @Override
  public void onStep(int promptTokens, int streams, Duration elapsed) {
    tokens.addAndGet(streams);
  }

  /** Whether all lines have an answer or an error. */
  public boolean complete() {
    return done() == total;
  }

  private int done() {
    return before + now();
  }

  private int now() {
    return succeeded.get() + failed.get();
  }

  /** How many lines of the input have an error, also from earlier runs. */
  public int failed() {
    return failedBefore + failed.get();
  }

  /** For instance {@code 120 of 1,000 lines, 1.3 lines/s, 85.2 tokens/s, 11:17 left, 3 errors}. */
  public String progress() {
    double seconds = seconds();
    double rate = now() / seconds;
    StringBuilder text = new StringBuilder(lines());
    text.append(speed(seconds));
    if (total >= 0 && rate > 0) {
      text.append(", ").append(time((total - done()) / rate)).append(" left");
    }
    return text.append(", ").append(errors()).toString();
  }

  /** What the run did, once it has ended. */
  public String summary() {
    double seconds = seconds();
    String time = now() == 0 ? "" : " in " + time(seconds) + speed(seconds);
    return lines() + time + ", " + errors();
  }

  private String lines() {
    return total < 0
        ? String.format(Locale.ROOT, "%,d lines", done())
        : String.format(Locale.ROOT, "%,d of %,d lines", done(), total);
  }

  private String speed(double seconds) {
    String text = String.format(Locale.ROOT, ", %.1f lines/s", now() / seconds);
    return tokens.get() == 0
        ? text
        : text + String.format(Locale.ROOT, ", %.1f tokens/s", tokens.get() / seconds);
  }

  private String errors() {
    return failed() == 1 ? "1 error" : String.format(Locale.ROOT, "%,d errors", failed());
  }

  private double seconds() {
    return Math.max(1e-3, (System.nanoTime() - begun) / 1e9);
  }

  private static String time(double exactSeconds) {
    long seconds = Math.round(exactSeconds);
    return seconds < 3600
        ? String.format(Locale.ROOT, "%d:%02d", seconds / 60, seconds % 60)
        : String.format(
            Locale.ROOT, "%d:%02d:%02d", seconds / 3600, seconds / 60 % 60, seconds % 60);
  }
}
