package dev.llamastream.internal.threads;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/**
 * Lets several contexts compute one after the other, if together they have more threads than there
 * are processors. At the same time they would be far slower: at each graph node, every thread of a
 * step waits for the slowest. All contexts that have work get the same time. Thread-safe.
 */
public final class Turns {

  /** The turns of this process. */
  private static final Turns OF_PROCESS = new Turns(Processors.available(), System::nanoTime);

  /** A context that has not come back after this time has no work. */
  private static final long AWAY_NANOS = 5_000_000;

  private final int processors;
  private final LongSupplier clock;
  private final ReentrantLock lock = new ReentrantLock();

  /** Those that compute, wait, or did either a moment ago. Guarded by the lock. */
  private final List<Turn> present = new ArrayList<>();

  Turns(int processors, LongSupplier clock) {
    this.processors = processors;
    this.clock = clock;
  }

  /** The turn of a context of this process. */
  public static Turn ofProcess() {
    return OF_PROCESS.turn();
  }

  Turn turn() {
    return new Turn();
  }

  /** One context's. For one thread at a time. */
  public final class Turn {
    private final Condition free = lock.newCondition();

    // guarded by the lock
    private int threads;
    private boolean waiting;
    private boolean computing;
    private long since;
    private long used;

    private Turn() {}

    /**
     * Waits until this context may compute its next step.
     *
     * @param wanted how many threads compute it
     * @param unwanted whether to give up the wait; asked every few milliseconds
     * @return false if the wait was given up; there is nothing to {@link #release()} then
     */
    public boolean take(int wanted, BooleanSupplier unwanted) {
      boolean interrupted = false;
      lock.lock();
      try {
        threads = wanted;
        arrive();
        for (; !mayCompute(); forgetAway()) {
          if (unwanted.getAsBoolean()) {
            leave();
            return false;
          }
          try {
            long _ = free.awaitNanos(AWAY_NANOS);
          } catch (InterruptedException e) {
            interrupted = true;
          }
        }
        waiting = false;
        computing = true;
        since = clock.getAsLong();
        return true;
      } finally {
        lock.unlock();
        if (interrupted) {
          Thread.currentThread().interrupt();
        }
      }
    }

    /** The step is over. */
    public void release() {
      lock.lock();
      try {
        long now = clock.getAsLong();
        computing = false;
        used += now - since;
        since = now;
        forgetAway();
        for (Turn other : present) {
          if (other.waiting && other.mayCompute()) {
            other.free.signal();
          }
        }
      } finally {
        lock.unlock();
      }
    }

    /** Whether others that have work must wait while this context computes. */
    public boolean shared() {
      lock.lock();
      try {
        forgetAway();
        int others =
            present.stream().filter(other -> other != this).mapToInt(other -> other.threads).sum();
        return others > 0 && others + threads > processors;
      } finally {
        lock.unlock();
      }
    }

    private void arrive() {
      forgetAway();
      if (!present.contains(this)) {
        // time without work is no claim to time later
        long least = present.stream().mapToLong(other -> other.used).min().orElse(used);
        used = Math.max(used, least);
        present.add(this);
      }
      waiting = true;
    }

    private void leave() {
      waiting = false;
      since = clock.getAsLong();
    }

    private boolean mayCompute() {
      if (present.size() == 1) {
        return true;
      }
      if (present.stream().mapToInt(other -> other.threads).sum() <= processors) {
        return true;
      }
      return present.stream()
          .noneMatch(other -> other != this && (other.computing || other.used < used));
    }

    private boolean isAway(long now) {
      return !computing && !waiting && now - since > AWAY_NANOS;
    }
  }

  private void forgetAway() {
    long now = clock.getAsLong();
    present.removeIf(turn -> turn.isAway(now));
  }
}
