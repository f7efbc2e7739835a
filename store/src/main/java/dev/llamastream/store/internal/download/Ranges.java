package dev.llamastream.store.internal.download;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/** A set of byte positions, kept as ranges that neither overlap nor touch. Not thread-safe. */
final class Ranges {

  /** From a range's first position to the position after its last. */
  private final TreeMap<Long, Long> ends = new TreeMap<>();

  private long total;

  /** Adds the positions from {@code from} to before {@code end}. */
  void add(long from, long end) {
    if (from >= end) {
      return;
    }
    long first = from;
    long last = end;
    Map.Entry<Long, Long> near = ends.floorEntry(end);
    while (near != null && near.getValue() >= first) {
      first = Math.min(first, near.getKey());
      last = Math.max(last, near.getValue());
      ends.remove(near.getKey());
      total -= near.getValue() - near.getKey();
      near = ends.floorEntry(end);
    }
    ends.put(first, last);
    total += last - first;
  }

  void clear() {
    ends.clear();
    total = 0;
  }

  /** How many positions. */
  long total() {
    return total;
  }

  /** The first position from here on that is not in the set. */
  long firstMissing(long from) {
    Map.Entry<Long, Long> at = ends.floorEntry(from);
    return at == null ? from : Math.max(from, at.getValue());
  }

  /** The first position after this one that is in the set; {@link Long#MAX_VALUE} if none is. */
  long nextPresent(long after) {
    Long next = ends.higherKey(after);
    return next == null ? Long.MAX_VALUE : next;
  }

  /** The position after the last one; 0 if the set is empty. */
  long end() {
    return ends.isEmpty() ? 0 : ends.lastEntry().getValue();
  }

  Ranges copy() {
    Ranges copy = new Ranges();
    copy.ends.putAll(ends);
    copy.total = total;
    return copy;
  }

  Map<Long, Long> asMap() {
    return Collections.unmodifiableMap(ends);
  }
}
