package dev.llamastream.cli.batch;

import java.util.Arrays;

/** Which lines of the input an output answers: 8 bytes for each line, for millions of them. */
final class Answered {

  /** The number of a line, then its checksum; in order once {@link #sorted}. */
  private long[] entries = new long[16];

  private int size;
  private boolean sorted = true;
  private boolean ascending = true;
  private int last;
  private int failed;

  void add(OutputLine answer) {
    if (size == entries.length) {
      entries = Arrays.copyOf(entries, size + size / 2);
    }
    entries[size++] = (long) answer.line() << 32 | Integer.toUnsignedLong(answer.crc());
    ascending &= answer.line() > last;
    sorted = ascending;
    last = answer.line();
    failed += answer.failed() ? 1 : 0;
  }

  /** A line that has more than one answer; 0 if there is none. */
  int repeated() {
    sort();
    for (int i = 1; i < size; i++) {
      if (line(i) == line(i - 1)) {
        return line(i);
      }
    }
    return 0;
  }

  boolean has(int line) {
    return index(line) >= 0;
  }

  /** The checksum of a line that has an answer. */
  int crc(int line) {
    return (int) entries[index(line)];
  }

  private int index(int line) {
    sort();
    long least = (long) line << 32;
    int index = Arrays.binarySearch(entries, 0, size, least);
    int at = index < 0 ? -index - 1 : index;
    return at < size && line(at) == line ? at : -1;
  }

  private int line(int index) {
    return (int) (entries[index] >> 32);
  }

  private void sort() {
    if (!sorted) {
      Arrays.sort(entries, 0, size);
      sorted = true;
    }
  }

  int count() {
    return size;
  }

  /** How many of them have an error instead of an answer. */
  int failed() {
    return failed;
  }

  /** The largest number; 0 if there is none. */
  int max() {
    sort();
    return size == 0 ? 0 : line(size - 1);
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
