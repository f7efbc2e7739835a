package dev.llamastream.store.internal.download;

import dev.llamastream.store.internal.http.Pause;
import java.util.ArrayDeque;
import java.util.Deque;

/** The speed over the last five seconds. Not thread-safe. */
public final class SpeedMeter {

  private static final long WINDOW_NANOS = 5_000_000_000L;
  private static final long STEP_NANOS = 100_000_000L;

  private record Mark(long nanos, long bytes) {}

  private final Pause clock;
  private final Deque<Mark> marks = new ArrayDeque<>();

  /** Knows no speed yet. */
  public SpeedMeter(Pause clock) {
    this.clock = clock;
  }

  /**
   * Takes note of how far it has come.
   *
   * @param doneBytes all bytes so far. If it is less than before, counting starts again
   * @return bytes per second; 0 before it is known
   */
  public double update(long doneBytes) {
    long now = clock.nanos();
    if (!marks.isEmpty() && doneBytes < marks.getLast().bytes()) {
      marks.clear();
    }
    if (marks.isEmpty() || now - marks.getLast().nanos() >= STEP_NANOS) {
      marks.addLast(new Mark(now, doneBytes));
    }
    while (marks.size() > 2 && now - marks.getFirst().nanos() > WINDOW_NANOS) {
      marks.removeFirst();
    }
    Mark first = marks.getFirst();
    long nanos = now - first.nanos();
    return nanos < STEP_NANOS ? 0 : (doneBytes - first.bytes()) * 1e9 / nanos;
  }
}
