package dev.llamastream.server.internal.streams;

import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** How many pieces of one stream its client wants; any number until it says one. Thread-safe. */
public final class Credits {

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private boolean limited;
  private boolean closed;
  private long left;

  /** Grants more; the first grant is the beginning of the counting. */
  public void grant(int pieces) {
    lock.lock();
    try {
      limited = true;
      left += pieces;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Waits until there is one; false if there will be none any more. */
  boolean await() {
    lock.lock();
    try {
      while (limited && left == 0 && !closed) {
        changed.await();
      }
      return !closed;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } finally {
      lock.unlock();
    }
  }

  /** Whether there is one now. */
  boolean available() {
    lock.lock();
    try {
      return !closed && (!limited || left > 0);
    } finally {
      lock.unlock();
    }
  }

  /** Waits for one and takes it; false if there will be none any more. For one thread at a time. */
  boolean take() {
    lock.lock();
    try {
      boolean granted = await();
      if (granted && limited) {
        left--;
      }
      return granted;
    } finally {
      lock.unlock();
    }
  }

  /** Nobody need wait any more. */
  public void close() {
    lock.lock();
    try {
      closed = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
