package dev.llamastream.server.internal.http;

import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** Counts the requests in progress and decides whether to accept new ones. Thread-safe. */
public final class InFlight {

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition none = lock.newCondition();
  private int count;
  private volatile boolean stopping;

  void begin() {
    lock.lock();
    try {
      count++;
    } finally {
      lock.unlock();
    }
  }

  void end() {
    lock.lock();
    try {
      if (--count == 0) {
        none.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Stops accepting new requests. */
  public void stop() {
    stopping = true;
  }

  boolean stopping() {
    return stopping;
  }

  /** Waits until no request is in progress. Returns false if that takes longer than the limit. */
  public boolean awaitNone(Duration limit) {
    long remaining = limit.toNanos();
    lock.lock();
    try {
      while (count > 0 && remaining > 0) {
        remaining = none.awaitNanos(remaining);
      }
      return count == 0;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } finally {
      lock.unlock();
    }
  }
}
