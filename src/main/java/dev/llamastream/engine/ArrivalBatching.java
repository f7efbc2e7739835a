package dev.llamastream.engine;

import java.util.concurrent.locks.LockSupport;
import java.util.function.IntSupplier;

/**
 * Clients often come together, and the first would have them all wait for a step of its own: so it
 * waits a moment for each that comes after it.
 */
final class ArrivalBatching {

  // for one, and for all of them; a step takes 20 ms and more
  private static final long NANOS = 1_000_000;
  private static final long MOST_NANOS = 5_000_000;

  private ArrivalBatching() {}

  /**
   * Returns when no more come. Whoever comes unparks the thread.
   *
   * @param beginning how many would begin now; 0 if there is nothing to wait for
   */
  static void await(IntSupplier beginning) {
    long latest = System.nanoTime() + MOST_NANOS;
    int gathered = 0;
    for (int now = beginning.getAsInt();
        now > gathered && System.nanoTime() - latest < 0;
        now = beginning.getAsInt()) {
      gathered = now;
      long until = System.nanoTime() + NANOS;
      while (beginning.getAsInt() == gathered && System.nanoTime() - until < 0) {
        LockSupport.parkNanos(ArrivalBatching.class, until - System.nanoTime());
      }
    }
  }
}
