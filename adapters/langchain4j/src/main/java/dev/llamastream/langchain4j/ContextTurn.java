package dev.llamastream.langchain4j;

import dev.llamastream.Context;
import dev.llamastream.Generator;
import java.util.Collections;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.concurrent.CancellationException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Lets the requests to a {@link Context} wait for each other: a second stream would supersede the
 * first. An engine needs no turns. For the thread that took it.
 */
final class ContextTurn implements AutoCloseable {

  // several models may share a context
  private static final Map<Context, ReentrantLock> LOCKS =
      Collections.synchronizedMap(new WeakHashMap<>());

  private final @Nullable ReentrantLock lock;

  private ContextTurn(@Nullable ReentrantLock lock) {
    this.lock = lock;
  }

  /**
   * Waits for the turn.
   *
   * @throws CancellationException if the thread is interrupted; its interrupt status stays set
   * @throws IllegalStateException if this thread has the turn already, so that it would wait for
   *     itself
   */
  static ContextTurn take(Generator generator) {
    if (!(generator instanceof Context context)) {
      return new ContextTurn(null);
    }
    ReentrantLock lock = LOCKS.computeIfAbsent(context, _ -> new ReentrantLock(true));
    if (lock.isHeldByCurrentThread()) {
      throw new IllegalStateException(
          "a callback asks the context that is generating its answer: use an Engine, or ask when"
              + " the answer is complete");
    }
    try {
      lock.lockInterruptibly();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw (CancellationException) new CancellationException("interrupted").initCause(e);
    }
    return new ContextTurn(lock);
  }

  @Override
  public void close() {
    if (lock != null) {
      lock.unlock();
    }
  }
}
