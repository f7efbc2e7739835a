package dev.llamastream.internal.ffm;

import java.util.ArrayList;
import java.util.List;

/**
 * When something native may be used and when it is freed: use takes a lease, and the last one out
 * frees. Check and use are one atomic step, so nothing is ever freed while another thread may be
 * inside. Thread-safe.
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
   * @param name what it is, for messages: "the context"
   * @param exclusive whether only one lease is given at a time
   * @param free runs once, after close and the last release, on the thread that comes last
   */
  public Lifetime(String name, boolean exclusive, Runnable free) {
    this.name = name;
    this.exclusive = exclusive;
    this.free = free;
  }

  /**
   * Takes a lease, which {@link #release()} gives back on the same thread.
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

  /** Gives a lease back. */
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

  /** Runs something that needs what is freed to be there still; does nothing after that. */
  public synchronized void ifNotFreed(Runnable action) {
    if (!freeing) {
      action.run();
    }
  }

  /**
   * Gives no more leases, asks those inside to leave, and returns when all is freed. Idempotent. A
   * thread that holds a lease itself does not wait: its release frees.
   *
   * @param hurry asks those inside to leave
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
