package dev.llamastream.internal.store;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** The threads of a store. */
final class StoreThreads {

  private StoreThreads() {}

  /** An executor with a single thread, which keeps no JVM alive. */
  static ExecutorService single(String name) {
    return Executors.newSingleThreadExecutor(Thread.ofPlatform().daemon().name(name).factory());
  }
}
