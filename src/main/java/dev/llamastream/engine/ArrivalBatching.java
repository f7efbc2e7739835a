package dev.llamastream.engine;

import java.util.concurrent.locks.LockSupport;
import java.util.function.IntSupplier;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/**
 * Clients often arrive together. If the engine decoded the first request at once, the others would
 * wait for a step that contains only its prompt. So the engine waits a moment for each further
 * arrival.
 */
final class ArrivalBatching {

  /** How long to wait for one more arrival. */
  static final long NANOS = 1_000_000;

  /** How long to wait for all arrivals; a step takes 20 ms or more. */
  static final long MOST_NANOS = 5_000_000;

  private final LongSupplier clock;
  private final LongConsumer park;

  ArrivalBatching() {
    this(System::nanoTime, nanos -> LockSupport.parkNanos(ArrivalBatching.class, nanos));
  }

  /**
   * Uses another clock.
   *
   * @param clock in nanoseconds
   * @param park waits for at most the given number of nanoseconds
   */
  ArrivalBatching(LongSupplier clock, LongConsumer park) {
    this.clock = clock;
    this.park = park;
  }

  /**
   * Returns when no more requests arrive. Each arrival unparks the engine's thread.
   *
   * @param beginning how many streams would start now; 0 if there is nothing to wait for
   */
  void await(IntSupplier beginning) {
    long begun = clock.getAsLong();
    int gathered = 0;
    for (int now = beginning.getAsInt();
        now > gathered && clock.getAsLong() - begun < MOST_NANOS;
        now = beginning.getAsInt()) {
      gathered = now;
      awaitOne(beginning, now);
    }
  }

  private void awaitOne(IntSupplier beginning, int gathered) {
    long until = clock.getAsLong() + NANOS;
    for (long left = NANOS;
        beginning.getAsInt() == gathered && left > 0;
        left = until - clock.getAsLong()) {
      park.accept(left);
    }
  }
}
