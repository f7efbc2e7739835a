package dev.llamastream.internal.store;

/** Limits how much memory states take outside of the KV cache. Thread-safe. */
final class MemoryBudget {

  private final long limit;
  private long taken;

  MemoryBudget(long limit) {
    this.limit = limit;
  }

  /** How many bytes more are within the limit. */
  synchronized long room() {
    return limit - taken;
  }

  /** Takes bytes, if they are within the limit. */
  synchronized boolean take(long bytes) {
    boolean room = bytes <= room();
    taken += room ? bytes : 0;
    return room;
  }

  /** Returns bytes that were taken. */
  synchronized void give(long bytes) {
    taken -= bytes;
  }
}
