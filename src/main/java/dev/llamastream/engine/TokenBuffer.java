package dev.llamastream.engine;

import dev.llamastream.Token;
import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Tokens on their way from the engine to one consumer, a bounded number of them. The engine never
 * waits here: it asks {@link #hasRoom()} before it generates another. Thread-safe.
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
   * An empty buffer.
   *
   * @param capacity how many tokens it takes, at least 2: one place is for an end that is no token
   */
  TokenBuffer(int capacity) {
    this.capacity = capacity;
  }

  /**
   * Adds a token, or the end.
   *
   * @return the reader who waits for it, to be told without any lock: {@link #tell}
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
   * The end, after what has been put, is an exception.
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

  /** Has something told, as a reader is, that the end is there; told at once if it is. */
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

  /** Tells a reader, if there is one. Never throws. */
  @SuppressWarnings("CatchThrowable") // the other streams do not suffer for it, whatever it is
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

  /** Whether a stream that stopped for want of room should go on: it is half empty. */
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
   * @return empty if the failure is all that is left
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
   * The next token, or none yet.
   *
   * @param ready called once when there is a token or a failure, after none
   * @throws RuntimeException the failure, if it is all that is left
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

  /** Why it failed. */
  RuntimeException failure() {
    lock.lock();
    try {
      return failure == null ? new IllegalStateException("the stream has ended") : failure;
    } finally {
      lock.unlock();
    }
  }
}
