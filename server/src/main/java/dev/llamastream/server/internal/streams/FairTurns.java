package dev.llamastream.server.internal.streams;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/**
 * Limits concurrent tasks and lets clients take turns. A client with many tasks delays only itself.
 * Any other client waits for at most one of its tasks per place. Thread-safe.
 */
final class FairTurns {

  // the first client is the next to run
  private final LinkedHashMap<String, Deque<CompletableFuture<Void>>> waiting =
      new LinkedHashMap<>();
  private int free;

  FairTurns(int places) {
    free = places;
  }

  /**
   * Runs the task when it is the client's turn.
   *
   * @param timeout how long to wait for the turn; zero for no limit
   * @throws InterruptedException if the thread is interrupted while it waits
   * @throws TimeoutException if the timeout expires first
   */
  <T> T run(String client, Duration timeout, Supplier<T> task)
      throws InterruptedException, TimeoutException {
    await(client, timeout.isZero() ? Long.MAX_VALUE : timeout.toNanos());
    try {
      return task.get();
    } finally {
      next();
    }
  }

  private void await(String client, long nanos) throws InterruptedException, TimeoutException {
    CompletableFuture<Void> turn = enter(client);
    boolean given = false;
    try {
      turn.get(nanos, TimeUnit.NANOSECONDS);
      given = true;
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    } finally {
      if (!given && !turn.cancel(false)) {
        next(); // the turn was granted while the wait ended
      }
    }
  }

  /** The number of waiting tasks. */
  synchronized int waiting() {
    return waiting.values().stream().mapToInt(Deque::size).sum();
  }

  private synchronized CompletableFuture<Void> enter(String client) {
    CompletableFuture<Void> turn = new CompletableFuture<>();
    if (free > 0) {
      free--;
      turn.complete(null);
    } else {
      waiting.computeIfAbsent(client, _ -> new ArrayDeque<>()).add(turn);
    }
    return turn;
  }

  private synchronized void next() {
    while (!waiting.isEmpty()) {
      var first = waiting.pollFirstEntry();
      CompletableFuture<Void> turn = first.getValue().remove();
      if (!first.getValue().isEmpty()) {
        waiting.putLast(first.getKey(), first.getValue());
      }
      if (turn.complete(null)) {
        return;
      }
    }
    free++;
  }
}
