package dev.llamastream.engine;

/** Counts events, and reports the recent rate per second. One thread at a time. */
final class RateMeter {

  private static final long SECOND = 1_000_000_000L;

  private final long[] counts;
  private final long start;
  private long latest;

  /** Measures over this many seconds, starting now. */
  RateMeter(int seconds, long now) {
    counts = new long[seconds];
    start = now;
  }

  void add(long count, long now) {
    advance(now);
    counts[(int) (latest % counts.length)] += count;
  }

  double perSecond(long now) {
    advance(now);
    long sum = 0;
    for (long count : counts) {
      sum += count;
    }
    // the current second is incomplete, and the meter may have started only recently
    double seconds = Math.min((now - start) / (double) SECOND, counts.length - 1 + fraction(now));
    return seconds <= 0 ? 0 : sum / seconds;
  }

  private double fraction(long now) {
    return (now - start) % SECOND / (double) SECOND;
  }

  private void advance(long now) {
    long second = (now - start) / SECOND;
    for (long s = Math.max(latest + 1, second - counts.length + 1); s <= second; s++) {
      counts[(int) (s % counts.length)] = 0;
    }
    latest = Math.max(latest, second);
  }
}
