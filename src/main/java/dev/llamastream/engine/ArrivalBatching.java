package dev.llamastream.engine;

import java.util.concurrent.locks.LockSupport;
import java.util.function.IntSupplier;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/**
 * Clients often come together. If the first were decoded at once, the others would wait for a step
 * that has only its prompt. So the first waits a moment for each that comes after it.
 */
final class ArrivalBatching {

  /** How long one arrival is waited for. */
  static final long NANOS = 1_000_000;

  /** How long all of them are waited for; a step takes 20 ms and more. */
  static final long MOST_NANOS = 5_000_000;

  private final LongSupplier clock;
  private final LongConsumer park;

  ArrivalBatching() {
    this(System::nanoTime, nanos -> LockSupport.parkNanos(ArrivalBatching.class, nanos));
  }

  /**
   * With another clock.
   *
   * @param clock in nanoseconds
   * @param park waits so many of them, or less
   */
  ArrivalBatching(LongSupplier clock, LongConsumer park) {
    this.clock = clock;
    this.park = park;
  }

  /**
   * Returns when no more come. Whoever comes unparks the thread.
   *
   * @param beginning how many would begin now; 0 if there is nothing to wait for
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
