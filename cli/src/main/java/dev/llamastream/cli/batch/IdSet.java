package dev.llamastream.cli.batch;

import static java.nio.charset.StandardCharsets.UTF_8;

/** A set of texts of which only hashes of 64 bits are kept, for millions of them. */
final class IdSet {

  private long[] slots = new long[1 << 10];
  private int size;

  /** Adds a text. Returns false if it was there. */
  boolean add(String text) {
    if (size * 2 > slots.length) {
      grow();
    }
    boolean added = add(slots, hash(text));
    size += added ? 1 : 0;
    return added;
  }

  private void grow() {
    long[] larger = new long[slots.length * 2];
    for (long hash : slots) {
      if (hash != 0) {
        boolean _ = add(larger, hash);
      }
    }
    slots = larger;
  }

  private static boolean add(long[] slots, long hash) {
    int slot = (int) hash & (slots.length - 1);
    while (slots[slot] != 0) {
      if (slots[slot] == hash) {
        return false;
      }
      slot = (slot + 1) & (slots.length - 1);
    }
    slots[slot] = hash;
    return true;
  }

  /** FNV-1a, then the finalizer of MurmurHash3. Never 0, which marks an empty slot. */
  private static long hash(String text) {
    long hash = 0xcbf29ce484222325L;
    for (byte b : text.getBytes(UTF_8)) {
      hash = (hash ^ (b & 0xFF)) * 0x100000001b3L;
    }
    hash = (hash ^ (hash >>> 33)) * 0xff51afd7ed558ccdL;
    hash = (hash ^ (hash >>> 33)) * 0xc4ceb9fe1a85ec53L;
    hash ^= hash >>> 33;
    return hash == 0 ? 1 : hash;
  }
}
