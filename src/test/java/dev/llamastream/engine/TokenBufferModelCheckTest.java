package dev.llamastream.engine;

import dev.llamastream.Token;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.jetbrains.kotlinx.lincheck.Actor;
import org.jetbrains.kotlinx.lincheck.execution.ExecutionScenario;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * {@link TokenBuffer} under a model checker, which runs one producer and one consumer in many of
 * the orders in which their steps can interleave, and sees by itself when neither can go on.
 */
class TokenBufferModelCheckTest {

  /** See LifetimeModelCheckTest. */
  private static final long HOUR_MILLIS = 3_600_000;

  private static final int TOKENS = 3;

  @ParameterizedTest
  @ValueSource(classes = {Two.class, Three.class})
  void nothingIsLostOrReordered(Class<? extends Subject> subject) throws Exception {
    check(subject, 100);
  }

  @Tag("soak")
  @ParameterizedTest
  @ValueSource(classes = {Two.class, Three.class, Four.class})
  void nothingIsLostOrReorderedInManyOrders(Class<? extends Subject> subject) throws Exception {
    check(subject, 20_000);
  }

  private static void check(Class<? extends Subject> subject, int orders) throws Exception {
    ModelCheckingOptions options =
        new ModelCheckingOptions()
            .invocationTimeout$lincheck(HOUR_MILLIS)
            .iterations(0)
            .invocationsPerIteration(orders)
            .sequentialSpecification(AllRight.class);
    for (End end : End.values()) {
      for (String consumer : List.of("consume", "consumePolling")) {
        List<List<Actor>> threads =
            Stream.of("produce", consumer).map(name -> List.of(actor(subject, name, end))).toList();
        options.addCustomScenario(new ExecutionScenario(List.of(), threads, List.of(), null));
      }
    }
    options.check(subject);
  }

  private static Actor actor(Class<? extends Subject> subject, String name, End end) {
    try {
      return new Actor(subject.getMethod(name, String.class), List.of(end.name()));
    } catch (NoSuchMethodException e) {
      throw new LinkageError(name, e);
    }
  }

  /** What a stream ends with. */
  private enum End {
    LAST_TOKEN(TOKENS),
    EXTRA_TOKEN(TOKENS + 1),
    FAILURE(0);

    /** The place of the token that is the last, if there is one. */
    private final int last;

    End(int last) {
      this.last = last;
    }

    private Token token(int place) {
      return Token.of(place, "", place, 0, List.of(), place == last);
    }
  }

  /** A producer that parks when there is no room and a consumer who wakes it, as in the engine. */
  public abstract static class Subject {
    private final int capacity;
    private final TokenBuffer buffer;
    private volatile Thread producer;
    private volatile Thread consumer;
    private volatile boolean parked;
    private volatile boolean told;

    Subject(int capacity) {
      this.capacity = capacity;
      this.buffer = new TokenBuffer(capacity);
    }

    /** Tells whether the tokens never were too many. */
    @Operation
    public boolean produce(String name) {
      End end = End.valueOf(name);
      producer = Thread.currentThread();
      boolean right = true;
      for (int i = 1; i <= TOKENS; i++) {
        while (parked) {
          LockSupport.park(this);
        }
        TokenBuffer.tell(buffer.put(end.token(i)));
        right &= buffer.size() <= capacity;
        if (!buffer.hasRoom()) {
          park();
        }
      }
      if (end == End.EXTRA_TOKEN) {
        TokenBuffer.tell(buffer.put(end.token(TOKENS + 1)));
      } else if (end == End.FAILURE) {
        TokenBuffer.tell(buffer.fail(new IllegalArgumentException("failed")));
      }
      return right && buffer.size() <= capacity;
    }

    /** Tells whether all tokens came, in order, and nothing else. */
    @Operation
    public boolean consume(String name) throws InterruptedException {
      return consume(End.valueOf(name), buffer::take);
    }

    /** The same by one who is told when to ask again. */
    @Operation
    public boolean consumePolling(String name) throws InterruptedException {
      consumer = Thread.currentThread();
      return consume(End.valueOf(name), this::poll);
    }

    private boolean consume(End end, Taking taking) throws InterruptedException {
      boolean right = true;
      for (int i = 1; i <= Math.max(TOKENS, end.last); i++) {
        right &= take(taking).equals(Optional.of(end.token(i)));
      }
      if (end == End.FAILURE) {
        right &= take(taking).isEmpty() && buffer.failure() instanceof IllegalArgumentException;
      }
      return right;
    }

    private Optional<Token> poll() {
      try {
        Optional<Token> token = buffer.poll(this::tell);
        while (token.isEmpty()) {
          while (!told) {
            LockSupport.park(this);
          }
          told = false;
          token = buffer.poll(this::tell);
        }
        return token;
      } catch (IllegalArgumentException e) {
        return Optional.empty();
      }
    }

    private void tell() {
      told = true;
      LockSupport.unpark(consumer);
    }

    private Optional<Token> take(Taking taking) throws InterruptedException {
      Optional<Token> token = taking.take();
      if (parked && buffer.wantsMore()) {
        wake();
        LockSupport.unpark(producer);
      }
      return token;
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
  }

  /** A way to get the next token; empty if the failure is all that is left. */
  private interface Taking {
    Optional<Token> take() throws InterruptedException;
  }

  /** With the smallest buffer. */
  public static final class Two extends Subject {
    public Two() {
      super(2);
    }
  }

  /** With room for three. */
  public static final class Three extends Subject {
    public Three() {
      super(3);
    }
  }

  /** With room for four. */
  public static final class Four extends Subject {
    public Four() {
      super(4);
    }
  }

  /** What each operation must tell. */
  public static final class AllRight {
    public boolean produce(String name) {
      return true;
    }

    public boolean consume(String name) {
      return true;
    }

    public boolean consumePolling(String name) {
      return true;
    }
  }
}
