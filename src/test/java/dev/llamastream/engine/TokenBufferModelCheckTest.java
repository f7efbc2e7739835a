package dev.llamastream.engine;

import dev.llamastream.Token;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.jetbrains.lincheck.Lincheck;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * {@link TokenBuffer} under a model checker, which runs a producer and a consumer in many of the
 * orders in which their steps can interleave, and sees by itself when neither can go on.
 */
class TokenBufferModelCheckTest {

  /** What a stream ends with. */
  enum End {
    LAST_TOKEN,
    EXTRA_TOKEN,
    FAILURE
  }

  @ParameterizedTest
  @EnumSource
  void nothingIsLostOrReordered(End end) {
    check(end, 40);
  }

  @Tag("soak")
  @ParameterizedTest
  @EnumSource
  void nothingIsLostOrReorderedInManyOrders(End end) {
    check(end, 20_000);
  }

  private static void check(End end, int orders) {
    for (int capacity = 2; capacity <= 4; capacity++) {
      int size = capacity;
      Lincheck.runConcurrentTest(orders, () -> new Stream(size, end).run());
    }
  }

  /** A producer that parks when there is no room and a consumer who wakes it, as in the engine. */
  private static final class Stream {
    private static final int TOKENS = 4;

    private final TokenBuffer buffer;
    private final int capacity;
    private final End end;
    private final Thread producer = new Thread(this::produce);
    private volatile boolean parked;

    Stream(int capacity, End end) {
      this.buffer = new TokenBuffer(capacity);
      this.capacity = capacity;
      this.end = end;
    }

    void run() {
      producer.start();
      try {
        consume();
        producer.join();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }

    private void produce() {
      for (int i = 1; i <= TOKENS; i++) {
        while (parked) {
          LockSupport.park(this);
        }
        put(token(i));
        if (!buffer.hasRoom()) {
          park();
        }
      }
      if (end == End.EXTRA_TOKEN) {
        put(token(TOKENS + 1));
      } else if (end == End.FAILURE) {
        buffer.fail(new IllegalArgumentException("failed"));
      }
    }

    private void put(Token token) {
      buffer.put(token);
      if (buffer.size() > capacity) {
        throw new IllegalStateException(buffer.size() + " tokens in a buffer for " + capacity);
      }
    }

    private Token token(int place) {
      int last =
          switch (end) {
            case LAST_TOKEN -> TOKENS;
            case EXTRA_TOKEN -> TOKENS + 1;
            case FAILURE -> Integer.MAX_VALUE;
          };
      return new Token(place, "", place, 0, List.of(), place == last);
    }

    private synchronized void park() {
      parked = true;
      if (buffer.wantsMore()) {
        parked = false;
      }
    }

    private synchronized void wake() {
      if (parked && buffer.wantsMore()) {
        parked = false;
      }
    }

    private void consume() throws InterruptedException {
      int tokens = end == End.EXTRA_TOKEN ? TOKENS + 1 : TOKENS;
      for (int i = 1; i <= tokens; i++) {
        Optional<Token> token = take();
        if (!token.equals(Optional.of(token(i)))) {
          throw new IllegalStateException(token + " in place " + i);
        }
      }
      if (end == End.FAILURE
          && (take().isPresent() || !(buffer.failure() instanceof IllegalArgumentException))) {
        throw new IllegalStateException("it did not fail");
      }
    }

    private Optional<Token> take() throws InterruptedException {
      Optional<Token> token = buffer.take();
      if (parked && buffer.wantsMore()) {
        wake();
        LockSupport.unpark(producer);
      }
      return token;
    }
  }
}
