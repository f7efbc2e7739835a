package dev.llamastream.internal.ffm;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;

/**
 * Stops prefills whose thread is interrupted: native code cannot see that, so one daemon thread
 * looks every few milliseconds while there is a prefill to look after, and sleeps otherwise.
 */
final class InterruptWatch {

  private static final long PERIOD_NANOS = 5_000_000;
  private static final Set<Entry> ENTRIES = ConcurrentHashMap.newKeySet();
  private static final Thread WATCHER =
      Thread.ofPlatform().daemon().name("llamastream-interrupts").start(InterruptWatch::watch);

  private InterruptWatch() {}

  /** A thread inside a native call. An object of its own, so that a set tells entries apart. */
  static final class Entry {
    private final Runnable stop;
    private final Thread thread;

    private Entry(Runnable stop, Thread thread) {
      this.stop = stop;
      this.thread = thread;
    }
  }

  /** The current thread is about to go into native code with this context. */
  static Entry begin(ContextHandle context) {
    return begin(context::stop);
  }

  /** The current thread is about to go into a native call that can be stopped. */
  static Entry begin(Runnable stop) {
    Entry entry = new Entry(stop, Thread.currentThread());
    ENTRIES.add(entry);
    LockSupport.unpark(WATCHER);
    return entry;
  }

  /** It has come out. */
  static void end(Entry entry) {
    ENTRIES.remove(entry);
  }

  private static void watch() {
    while (true) {
      if (ENTRIES.isEmpty()) {
        LockSupport.park();
      } else {
        LockSupport.parkNanos(PERIOD_NANOS);
      }
      for (Entry entry : ENTRIES) {
        if (entry.thread.isInterrupted()) {
          entry.stop.run();
        }
      }
    }
  }
}
