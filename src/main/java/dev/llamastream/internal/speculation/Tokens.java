package dev.llamastream.internal.speculation;

import java.util.Arrays;

/** A list of tokens that grows at its end. */
final class Tokens {

  private int[] ids;
  private int size;

  Tokens(int[] first) {
    ids = Arrays.copyOf(first, first.length + 256);
    size = first.length;
  }

  int size() {
    return size;
  }

  int at(int index) {
    return ids[index];
  }

  void add(int token) {
    if (size == ids.length) {
      ids = Arrays.copyOf(ids, 2 * size);
    }
    ids[size++] = token;
  }
}
