package dev.llamastream.internal.scheduling;

import dev.llamastream.internal.cache.CachedPrefix;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A sequence of the KV cache that belongs to a job, or is kept after its job has ended. */
final class Sequence {

  final int id;
  final CachedPrefix held;
  // null while it is only kept
  @Nullable Job owner;
  long lastUsed;
  int[] cells = new int[64];

  Sequence(int id, CachedPrefix held) {
    this.id = id;
    this.held = held;
  }

  int length() {
    return held.length();
  }

  boolean cached() {
    return owner == null;
  }

  void addCell(int index, int cell) {
    if (index == cells.length) {
      cells = Arrays.copyOf(cells, index * 2);
    }
    cells[index] = cell;
  }
}
