package dev.llamastream.store.internal.http;

import java.time.Duration;
import java.time.Instant;

/** A clock, and a sleep by it. */
public interface Pause {
  /** The machine's clock. */
  Pause REAL =
      new Pause() {
        @Override
        public Instant now() {
          return Instant.now();
        }

        @Override
        public long nanos() {
          return System.nanoTime();
        }

        @Override
        public void sleep(Duration duration) throws InterruptedException {
          Thread.sleep(duration);
        }
      };

  /** The date and time. */
  Instant now();

  /** A time in nanoseconds that never jumps. Only differences mean something. */
  long nanos();

  /** Sleeps. */
  void sleep(Duration duration) throws InterruptedException;
}
