package dev.llamastream.server.internal.http;

import dev.llamastream.server.internal.json.ApiError;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * Limits how many requests each client may send per minute. A client may send all of them at once.
 * After that, it may send the next ones at equal intervals. Thread-safe.
 */
public final class RateLimit {

  private static final long MINUTE = Duration.ofMinutes(1).toNanos();
  private static final int MANY = 1_000;

  private final int perMinute;
  private final LongSupplier clock;
  private final long epoch;

  /** When the whole allowance of each client is back (generic cell rate algorithm). */
  private final Map<String, Long> full = new HashMap<>();

  private int sweepAt = MANY;

  /**
   * Starts without clients.
   *
   * @param perMinute 0 for no limit
   * @param clock in nanoseconds, as {@link System#nanoTime}
   */
  public RateLimit(int perMinute, LongSupplier clock) {
    this.perMinute = perMinute;
    this.clock = clock;
    epoch = clock.getAsLong();
  }

  /**
   * Counts a request of a client.
   *
   * @throws ApiError 429 if it has sent too many
   */
  void take(String client) {
    if (perMinute > 0) {
      count(client);
    }
  }

  private synchronized void count(String client) {
    long now = clock.getAsLong() - epoch;
    long next = Math.max(now, full.getOrDefault(client, now)) + MINUTE / perMinute;
    long early = next - now - MINUTE;
    if (early > 0) {
      throw ApiError.tooMany(
          String.format(Locale.ROOT, "%d requests per minute are allowed", perMinute),
          Duration.ofNanos(early));
    }
    full.put(client, next);
    if (full.size() > sweepAt) {
      full.values().removeIf(time -> time <= now);
      sweepAt = Math.max(MANY, 2 * full.size());
    }
  }
}
