package dev.llamastream.server.internal.streams;

import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Counts how many pieces the client of a stream is ready to receive. Unlimited until the first
 * grant. Thread-safe.
 */
public final class Credits {

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private boolean limited;
  private boolean closed;
  private long left;

  /** Grants more credits. The first grant ends the unlimited state. */
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

  /** Waits for a credit. Returns false if none will be granted any more. */
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

  /** Whether a credit is available now. */
  boolean available() {
    lock.lock();
    try {
      return !closed && (!limited || left > 0);
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits for a credit and takes it. Returns false if none will be granted any more. Only one
   * thread may call this at a time.
   */
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

  /** Ends all waits. No more credits will be granted. */
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
