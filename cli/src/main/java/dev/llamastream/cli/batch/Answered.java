package dev.llamastream.cli.batch;

import java.util.Arrays;
import java.util.BitSet;

/** Which lines of the input an output answers. A few bytes for each line, for millions of them. */
final class Answered {

  private final BitSet lines = new BitSet();
  private int[] crcs = new int[0];
  private int last;
  private int failed;
  private boolean ascending = true;

  /** Adds a line. Returns false if it was there. */
  boolean add(OutputLine answer) {
    int line = answer.line();
    if (lines.get(line)) {
      return false;
    }
    lines.set(line);
    if (line >= crcs.length) {
      crcs = Arrays.copyOf(crcs, Math.max(line + 1, crcs.length + crcs.length / 2));
    }
    crcs[line] = answer.crc();
    ascending &= line > last;
    last = line;
    failed += answer.failed() ? 1 : 0;
    return true;
  }

  boolean has(int line) {
    return lines.get(line);
  }

  int crc(int line) {
    return crcs[line];
  }

  int count() {
    return lines.cardinality();
  }

  /** How many of them have an error instead of an answer. */
  int failed() {
    return failed;
  }

  /** The largest number; 0 if there is none. */
  int max() {
    return Math.max(0, lines.length() - 1);
  }

  /** The number that was added last; 0 if there is none. */
  int last() {
    return last;
  }

  /** Whether the answers are in the order of the input. */
  boolean ascending() {
    return ascending;
  }
}
