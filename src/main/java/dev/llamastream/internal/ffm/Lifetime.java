package dev.llamastream.internal.ffm;

import java.util.ArrayList;
import java.util.List;

/**
 * Controls when a native object may be used and when it is freed. Each use takes a lease. After a
 * close, the last release frees the object. Check and use are one atomic step, so nothing is freed
 * while a thread may be inside. Thread-safe.
 */
public final class Lifetime {

  private final String name;
  private final boolean exclusive;
  private final Runnable free;
  private final List<Thread> holders = new ArrayList<>();
  private boolean closed;
  private boolean freeing;
  private boolean freed;

  /**
   * @param name the object, for messages: "the context"
   * @param exclusive whether only one lease is given at a time
   * @param free runs once, after close and the last release, on the thread of whichever comes last
   */
  public Lifetime(String name, boolean exclusive, Runnable free) {
    this.name = name;
    this.exclusive = exclusive;
    this.free = free;
  }

  /**
   * Takes a lease, which {@link #release()} must give back on the same thread.
   *
   * @throws IllegalStateException if closed, or if exclusive and taken
   */
  public synchronized void acquire() {
    if (closed) {
      throw new IllegalStateException(name + " is closed");
    }
    if (exclusive && !holders.isEmpty()) {
      throw new IllegalStateException(
          name + " is in use by thread \"" + holders.getFirst().getName() + "\"");
    }
    holders.add(Thread.currentThread());
  }

  /** Releases a lease. */
  public void release() {
    synchronized (this) {
      // the last occurrence: leases of one thread nest
      holders.remove(holders.lastIndexOf(Thread.currentThread()));
    }
    freeIfUnused();
  }

  /** Whether {@link #close} was called. */
  public synchronized boolean isClosed() {
    return closed;
  }

  /** Runs an action that needs the object; does nothing once the object is freed. */
  public synchronized void ifNotFreed(Runnable action) {
    if (!freeing) {
      action.run();
    }
  }

  /**
   * Grants no more leases, asks the threads inside to leave, and returns when the object is freed.
   * Idempotent. A thread that holds a lease itself does not wait: its release frees the object.
   *
   * @param hurry asks the threads inside to leave
   */
  public void close(Runnable hurry) {
    synchronized (this) {
      closed = true;
      if (!freeing && !holders.isEmpty()) {
        hurry.run();
      }
    }
    freeIfUnused();
    boolean interrupted = false;
    synchronized (this) {
      while (!freed && !holders.contains(Thread.currentThread())) {
        try {
          wait();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void freeIfUnused() {
    synchronized (this) {
      if (!closed || freeing || !holders.isEmpty()) {
        return;
      }
      freeing = true;
    }
    try {
      free.run();
    } finally {
      synchronized (this) {
        freed = true;
        notifyAll();
      }
    }
  }
}
