package dev.llamastream.server.internal.streams;

import java.util.HashMap;
import java.util.Map;

/**
 * Decides the order in which the streams of several clients leave an engine's queue: the client
 * that has used fewer tokens lately is first. This is start-time fair queueing. Each client has a
 * clock of tokens, which is never behind that of the stream that began last. Thread-safe.
 */
final class TokenShares {

  /**
   * Tokens per step of the priority, so that an int holds the tokens of a year. Each stream costs
   * this many in addition, so that the streams of one client get different priorities.
   */
  private static final int UNIT = 16;

  private final Map<String, Long> clocks = new HashMap<>();
  private long served;
  private int open;

  /**
   * The place of a stream.
   *
   * @param start the client's clock before the stream
   * @param cost what the stream was thought to cost, in tokens
   */
  record Share(String client, long start, long cost) {

    /** The priority in the engine's queue. */
    int priority() {
      return (int) -Math.min(start / UNIT, Integer.MAX_VALUE);
    }
  }

  /** A client opens a stream that may use up to this number of tokens. */
  synchronized Share enter(String client, long expected) {
    open++;
    long start = Math.max(served, clocks.getOrDefault(client, 0L));
    long cost = expected + UNIT;
    clocks.put(client, start + cost);
    return new Share(client, start, cost);
  }

  /** The stream has left the queue. */
  synchronized void begun(Share share) {
    if (share.start > served) {
      served = share.start;
      clocks.values().removeIf(clock -> clock <= served);
    }
  }

  /** The stream has ended, or never began. */
  synchronized void ended(Share share, long used) {
    clocks.computeIfPresent(share.client, (_, clock) -> clock + used + UNIT - share.cost);
    open--;
    if (open == 0) {
      clocks.clear();
      served = 0;
    }
  }
}
