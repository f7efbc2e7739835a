package dev.llamastream.engine;

import dev.llamastream.Token;
import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A bounded buffer of tokens between the engine and one consumer. The engine never waits here: it
 * checks {@link #hasRoom()} before it generates the next token. Thread-safe.
 */
final class TokenBuffer {

  private final int capacity;
  private final ArrayDeque<Token> tokens = new ArrayDeque<>();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition arrived = lock.newCondition();
  private @Nullable Runnable waiter;
  private @Nullable Runnable atEnd;
  private @Nullable RuntimeException failure;
  private boolean ended;

  /**
   * Creates an empty buffer.
   *
   * @param capacity how many tokens it holds, at least 2: one place is for an end that is not a
   *     token
   */
  TokenBuffer(int capacity) {
    this.capacity = capacity;
  }

  /**
   * Adds a token, or the end.
   *
   * @return the reader that waits for it; the caller must notify it without holding a lock: {@link
   *     #tell}
   */
  @Nullable Runnable put(Token token) {
    lock.lock();
    try {
      tokens.add(token);
      ended |= token.last();
      return wake();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Marks the end, after the buffered tokens, as an exception.
   *
   * @return as {@link #put} does
   */
  @Nullable Runnable fail(RuntimeException cause) {
    lock.lock();
    try {
      failure = cause;
      ended = true;
      return wake();
    } finally {
      lock.unlock();
    }
  }

  private @Nullable Runnable wake() {
    arrived.signal();
    Runnable waiting = waiter;
    waiter = null;
    if (!ended || atEnd == null) {
      return waiting;
    }
    Runnable last = atEnd;
    return () -> {
      tell(waiting);
      tell(last);
    };
  }

  /**
   * Registers an action that runs when the end is in the buffer, like a waiting reader. Runs it at
   * once if the end is already there.
   */
  void onEnd(Runnable action) {
    boolean now;
    lock.lock();
    try {
      now = ended;
      atEnd = action;
    } finally {
      lock.unlock();
    }
    if (now) {
      action.run();
    }
  }

  /** Notifies a reader, if there is one. Never throws. */
  @SuppressWarnings("CatchThrowable") // no exception may affect the other streams
  static void tell(@Nullable Runnable waiting) {
    if (waiting == null) {
      return;
    }
    try {
      waiting.run();
    } catch (Throwable e) {
      System.getLogger("dev.llamastream").log(Level.WARNING, "a stream's reader failed", e);
    }
  }

  /** Whether another token and an end fit. */
  boolean hasRoom() {
    lock.lock();
    try {
      return tokens.size() < capacity - 1;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Whether a stream that was parked because the buffer was full should resume: the buffer is half
   * empty.
   */
  boolean wantsMore() {
    lock.lock();
    try {
      return !ended && tokens.size() <= (capacity - 1) / 2;
    } finally {
      lock.unlock();
    }
  }

  int size() {
    lock.lock();
    try {
      return tokens.size();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits for the next token.
   *
   * @return empty if only the failure is left
   */
  Optional<Token> take() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (tokens.isEmpty() && !ended) {
        arrived.await();
      }
      return Optional.ofNullable(tokens.poll());
    } finally {
      lock.unlock();
    }
  }

  /**
   * Returns the next token, or empty if there is none yet.
   *
   * @param ready called once after an empty answer, when there is a token or a failure
   * @throws RuntimeException the failure, if nothing else is left
   */
  Optional<Token> poll(Runnable ready) {
    lock.lock();
    try {
      if (tokens.isEmpty()) {
        if (ended) {
          throw failure();
        }
        waiter = ready;
      }
      return Optional.ofNullable(tokens.poll());
    } finally {
      lock.unlock();
    }
  }

  /** Why the stream failed. */
  RuntimeException failure() {
    lock.lock();
    try {
      return failure == null ? new IllegalStateException("the stream has ended") : failure;
    } finally {
      lock.unlock();
    }
  }
}
