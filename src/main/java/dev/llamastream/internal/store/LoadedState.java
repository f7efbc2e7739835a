package dev.llamastream.internal.store;

import dev.llamastream.internal.cache.StoredCells;
import dev.llamastream.internal.ffm.SequenceState;

/** A stored prefix in memory, for as long as somebody holds it. */
public final class LoadedState {

  private final StoredPrefix prefix;
  private final SequenceState state;
  private final Runnable onFree;
  private int holders = 1;

  LoadedState(StoredPrefix prefix, SequenceState state, Runnable onFree) {
    this.prefix = prefix;
    this.state = state;
    this.onFree = onFree;
  }

  String name() {
    return prefix.name();
  }

  /** What the state holds. */
  public StoredCells cells() {
    return prefix.cells();
  }

  /** The state, while it is held. */
  public SequenceState state() {
    return state;
  }

  /** Holds it once more; false if it has been freed. */
  synchronized boolean hold() {
    if (holders == 0) {
      return false;
    }
    holders++;
    return true;
  }

  /** Gives up one hold. The last frees the memory. */
  public synchronized void release() {
    if (--holders == 0) {
      state.close();
      onFree.run();
    }
  }
}
