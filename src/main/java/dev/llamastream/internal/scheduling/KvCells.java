package dev.llamastream.internal.scheduling;

import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Which cells of the KV cache are taken, and by how many sequences. Mirrors libllama's own
 * bookkeeping: a sequence may take any empty cell, and a cell is empty again when no sequence holds
 * it.
 */
final class KvCells {

  private final boolean shared;
  private final int[] holders;
  // how many of a cell's holders are sequences without a job
  private final int[] keepers;
  private final int[] empty;
  private int emptyCount;
  private int keptOnly;

  KvCells(int count, boolean shared) {
    this.shared = shared;
    holders = new int[count];
    keepers = new int[count];
    empty = new int[count];
    for (int i = 0; i < count; i++) {
      empty[i] = count - 1 - i;
    }
    emptyCount = count;
  }

  int count() {
    return holders.length;
  }

  int free() {
    return emptyCount;
  }

  int used() {
    return holders.length - emptyCount;
  }

  /** How many cells are held only by sequences without a job. */
  int keptOnly() {
    return keptOnly;
  }

  /** How many cells these sequences hold together. */
  int heldBy(List<Sequence> sequences) {
    BitSet held = new BitSet(holders.length);
    for (Sequence sequence : sequences) {
      for (int i = 0; i < sequence.length(); i++) {
        held.set(sequence.cells[i]);
      }
    }
    return held.cardinality();
  }

  /** Takes cells for the positions [from, to) of a job's sequence. */
  void take(Sequence sequence, int from, int to) {
    if (to - from > emptyCount) {
      throw new IllegalStateException(
          String.format(Locale.ROOT, "%d cells wanted, %d are free", to - from, emptyCount));
    }
    for (int i = from; i < to; i++) {
      int cell = empty[--emptyCount];
      holders[cell] = 1;
      sequence.addCell(i, cell);
    }
  }

  /** Gives an empty sequence of a job the first cells of another sequence, or copies of them. */
  void copy(Sequence source, Sequence target, int length) {
    if (!shared) {
      take(target, 0, length);
      return;
    }
    for (int i = 0; i < length; i++) {
      int cell = source.cells[i];
      count(cell, -1);
      holders[cell]++;
      count(cell, 1);
      target.addCell(i, cell);
    }
  }

  /** Releases the positions [from, to). */
  void release(Sequence sequence, int from, int to) {
    for (int i = from; i < to; i++) {
      int cell = sequence.cells[i];
      count(cell, -1);
      if (sequence.cached()) {
        keepers[cell]--;
      }
      holders[cell]--;
      count(cell, 1);
      if (holders[cell] == 0) {
        empty[emptyCount++] = cell;
      }
    }
  }

  /** Sets the owner of a sequence, or removes it. */
  void setOwner(Sequence sequence, @Nullable Job owner) {
    boolean was = sequence.cached();
    sequence.owner = owner;
    int change = (sequence.cached() ? 1 : 0) - (was ? 1 : 0);
    for (int i = 0; change != 0 && i < sequence.length(); i++) {
      int cell = sequence.cells[i];
      count(cell, -1);
      keepers[cell] += change;
      count(cell, 1);
    }
  }

  private void count(int cell, int change) {
    if (holders[cell] > 0 && holders[cell] == keepers[cell]) {
      keptOnly += change;
    }
  }
}
