package dev.llamastream.internal.scheduling;

import dev.llamastream.internal.prompt.CacheKey;
import dev.llamastream.internal.prompt.EncodedText;
import dev.llamastream.internal.scheduling.Step.Operation;
import dev.llamastream.internal.scheduling.Step.Slice;
import java.util.Arrays;
import java.util.List;

/**
 * What llama.cpp's KV cache would do: it refuses whatever libllama would refuse or assert. A cell's
 * value depends on all tokens before it, and, if exact, on whether each of them was computed alone
 * in its micro-batch.
 */
final class SimulatedCache {

  private final SchedulerConfig config;
  private final int partition;
  // which sequences hold a cell, a bit each
  private final long[] holders;
  private final long[] values;
  // the cell of each position of each sequence
  private final int[][] cells;
  private final int[] lengths;

  SimulatedCache(SchedulerConfig config) {
    this.config = config;
    partition = config.shared() ? config.cells() : config.cells() / config.sequences();
    holders = new long[config.cells()];
    values = new long[config.cells()];
    cells = new int[config.sequences()][partition];
    lengths = new int[config.sequences()];
  }

  void carryOut(Operation operation) {
    switch (operation) {
      case Operation.Copy(int from, int to, int position) -> copy(from, to, position);
      case Operation.Truncate(int sequence, int position) -> truncate(sequence, position);
    }
  }

  private void copy(int from, int to, int length) {
    known(from);
    known(to);
    check(config.forgetsInPart(), "a copy in a memory that cannot");
    check(from != to && lengths[to] == 0, "a copy into a sequence that is not empty");
    check(length > 0 && length <= lengths[from], "a copy of more than there is");
    for (int i = 0; i < length; i++) {
      int cell = cells[from][i];
      if (config.shared()) {
        hold(to, cell);
      } else {
        add(to, values[cell]);
      }
    }
  }

  private void truncate(int sequence, int length) {
    known(sequence);
    check(length == 0 || config.forgetsInPart(), "a memory that cannot forgets in part");
    while (lengths[sequence] > length) {
      holders[cells[sequence][--lengths[sequence]]] &= ~(1L << sequence);
    }
  }

  /** Loads the cells of a text that was computed alone, from the beginning. */
  void load(int sequence, EncodedText text) {
    known(sequence);
    check(config.forgetsInPart(), "a load into a memory that cannot forget in part");
    check(lengths[sequence] == 0, "a load into a sequence that is not empty");
    boolean alone = config.microBatchSize() == 1;
    for (int i = 0; i < text.length(); i++) {
      long before = i == 0 ? start(text.key()) : value(sequence);
      add(sequence, next(before, text.token(i), alone));
    }
  }

  /** Decodes the first so many tokens of the slices. */
  void decode(List<? extends Slice<?>> slices, int tokens) {
    int left = tokens;
    for (Slice<?> slice : slices) {
      known(slice.sequence());
      check(slice.from() == lengths[slice.sequence()], "positions with a gap");
      for (int i = slice.from(); i < slice.to() && left > 0; i++, left--) {
        int microBatch = (i - slice.from()) / config.microBatchSize() * config.microBatchSize();
        boolean alone = Math.min(slice.length() - microBatch, config.microBatchSize()) == 1;
        long before = i == 0 ? start(slice.job().prompt().key()) : value(slice.sequence());
        add(slice.sequence(), next(before, slice.job().token(i), alone));
      }
    }
  }

  /** What the value of the first cell is made from. */
  static long start(CacheKey key) {
    return key.hashCode();
  }

  /** The value of the cell after another. */
  long next(long before, int token, boolean alone) {
    long value =
        (before + 2L * token + (config.reproducible() && alone ? 1 : 0)) * 0x9E3779B97F4A7C15L;
    return value ^ (value >>> 29);
  }

  /** The token that a model would sample there. */
  static int sample(long value) {
    return (int) (value >>> 17) & 0xff;
  }

  private void add(int sequence, long value) {
    int first = config.shared() ? 0 : sequence * partition;
    for (int cell = first; cell < first + partition; cell++) {
      if (holders[cell] == 0) {
        values[cell] = value;
        hold(sequence, cell);
        return;
      }
    }
    throw new AssertionError("no free cell");
  }

  private void hold(int sequence, int cell) {
    holders[cell] |= 1L << sequence;
    cells[sequence][lengths[sequence]++] = cell;
  }

  int length(int sequence) {
    return lengths[sequence];
  }

  /** The value of a sequence's last cell. */
  long value(int sequence) {
    return values[cells[sequence][lengths[sequence] - 1]];
  }

  /** The value of a sequence's cell. */
  long value(int sequence, int index) {
    return values[cells[sequence][index]];
  }

  int used() {
    return heldBy(-1);
  }

  /** How many cells are held by any of these sequences, a bit each. */
  int heldBy(long sequences) {
    return (int) Arrays.stream(holders).filter(holder -> (holder & sequences) != 0).count();
  }

  private void known(int sequence) {
    check(sequence >= 0 && sequence < lengths.length, "an unknown sequence");
  }

  private static void check(boolean right, String otherwise) {
    if (!right) {
      throw new AssertionError(otherwise);
    }
  }
}
