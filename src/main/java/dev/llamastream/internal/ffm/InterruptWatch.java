package dev.llamastream.internal.ffm;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Stops prefills whose thread is interrupted. Native code cannot see an interrupt, so one daemon
 * thread checks every few milliseconds while a prefill runs. The thread ends after a while without
 * prefills, because a thread keeps the class loader of its code alive.
 */
final class InterruptWatch {

  private static final long PERIOD_NANOS = 5_000_000;
  private static final long IDLE_NANOS = 1_000_000_000;

  private static final ReentrantLock LOCK = new ReentrantLock();
  private static final Condition BEGUN = LOCK.newCondition();
  // guarded by the lock
  private static final Set<Entry> ENTRIES = new HashSet<>();
  private static boolean watching;

  private InterruptWatch() {}

  /** A thread inside a native call. Compared by identity, so that a set distinguishes entries. */
  static final class Entry {
    private final Runnable stop;
    private final Thread thread;

    private Entry(Runnable stop, Thread thread) {
      this.stop = stop;
      this.thread = thread;
    }
  }

  /** The current thread is about to enter native code with this context. */
  static Entry begin(ContextHandle context) {
    return begin(context::stop);
  }

  /** The current thread is about to enter a native call that can be stopped. */
  static Entry begin(Runnable stop) {
    Entry entry = new Entry(stop, Thread.currentThread());
    LOCK.lock();
    try {
      if (!watching) {
        startWatching();
        watching = true;
      }
      ENTRIES.add(entry);
      BEGUN.signal();
    } finally {
      LOCK.unlock();
    }
    return entry;
  }

  private static void startWatching() {
    Thread thread =
        Thread.ofPlatform()
            .daemon()
            .name("llamastream-interrupts")
            .inheritInheritableThreadLocals(false)
            .unstarted(InterruptWatch::watch);
    thread.setContextClassLoader(null);
    thread.start();
  }

  /** The thread has left native code. */
  static void end(Entry entry) {
    LOCK.lock();
    try {
      ENTRIES.remove(entry);
    } finally {
      LOCK.unlock();
    }
  }

  private static void watch() {
    for (List<Entry> entries = await(); !entries.isEmpty(); entries = await()) {
      for (Entry entry : entries) {
        if (entry.thread.isInterrupted()) {
          entry.stop.run();
        }
      }
      LockSupport.parkNanos(PERIOD_NANOS);
    }
  }

  /** Waits for entries and returns them; returns none after a while without any. */
  private static List<Entry> await() {
    LOCK.lock();
    try {
      long left = IDLE_NANOS;
      while (ENTRIES.isEmpty() && left > 0) {
        try {
          left = BEGUN.awaitNanos(left);
        } catch (InterruptedException e) {
          // no code interrupts this thread
        }
      }
      watching = !ENTRIES.isEmpty();
      return List.copyOf(ENTRIES);
    } finally {
      LOCK.unlock();
    }
  }
}
