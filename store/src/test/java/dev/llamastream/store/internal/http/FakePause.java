package dev.llamastream.store.internal.http;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A clock that only {@link #sleep} moves, at once. Thread-safe. */
public final class FakePause implements Pause {

  private final List<Duration> sleeps = new CopyOnWriteArrayList<>();
  private long nanos;

  @Override
  public synchronized Instant now() {
    return FaultyAnswers.START.plusNanos(nanos);
  }

  @Override
  public synchronized long nanos() {
    return nanos;
  }

  @Override
  public synchronized void sleep(Duration duration) throws InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
    sleeps.add(duration);
    nanos += duration.toNanos();
  }

  /** All sleeps so far. */
  public List<Duration> sleeps() {
    return List.copyOf(sleeps);
  }
}
