package dev.llamastream;

import static dev.llamastream.TestStreams.greedy;
import static dev.llamastream.TestStreams.open;
import static org.assertj.core.api.Assertions.assertThat;

import dev.llamastream.fixture.ScriptedModel;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Flow;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A context's publishers whose subscribers ask for no more when the stream ends from outside. */
@Timeout(60)
class PublisherEndTest {

  /** What ends the stream. */
  enum Ending {
    CONTEXT_CLOSE {
      @Override
      void apply(Model model, Context context) {
        context.close();
      }
    },
    MODEL_CLOSE {
      @Override
      void apply(Model model, Context context) {
        model.close();
      }
    },
    NEW_GENERATION {
      @Override
      void apply(Model model, Context context) {
        context.generateStream("y");
      }
    },
    CLEARED_CACHE {
      @Override
      void apply(Model model, Context context) {
        context.clearCache();
      }
    };

    abstract void apply(Model model, Context context);
  }

  private Model model;
  private Context context;

  @BeforeEach
  void load() {
    model = Model.load(ScriptedModel.of("a", "b", "c").repeat().path());
    context = open(model, 512);
  }

  @AfterEach
  void close() {
    model.close();
  }

  /** Keeps what comes. */
  private static final class Subscriber implements Flow.Subscriber<Token> {
    private final Queue<Token> tokens = new ConcurrentLinkedQueue<>();
    private volatile Thread thread;
    private volatile Flow.Subscription subscription;
    private volatile boolean completed;

    @Override
    public void onSubscribe(Flow.Subscription s) {
      subscription = s;
    }

    @Override
    public void onNext(Token token) {
      thread = Thread.currentThread();
      tokens.add(token);
    }

    @Override
    public void onError(Throwable thrown) {
      throw new AssertionError(thrown);
    }

    @Override
    public void onComplete() {
      completed = true;
    }

    /** Returns when it has so many tokens, and its thread waits for demand. */
    private void awaitTokens(int count) {
      await(() -> tokens.size() == count && thread.getState() == Thread.State.WAITING);
    }
  }

  private Subscriber subscribe() {
    Subscriber subscriber = new Subscriber();
    context.publisher(greedy("x").maxTokens(100).build()).subscribe(subscriber);
    return subscriber;
  }

  private static void await(BooleanSupplier condition) {
    try {
      while (!condition.getAsBoolean()) {
        Thread.sleep(1);
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @ParameterizedTest
  @EnumSource
  void completesWithoutDemandAndItsThreadEnds(Ending ending) throws InterruptedException {
    Subscriber subscriber = subscribe();
    subscriber.subscription.request(2);
    subscriber.awaitTokens(2);
    ending.apply(model, context);
    await(() -> subscriber.completed);
    subscriber.thread.join();
    assertThat(subscriber.tokens).extracting(Token::text).containsExactly("a", "b");
  }

  @Test
  void cancelledSubscriptionsThreadEnds() throws InterruptedException {
    Subscriber subscriber = subscribe();
    subscriber.subscription.request(1);
    subscriber.awaitTokens(1);
    subscriber.subscription.cancel();
    subscriber.thread.join();
    assertThat(subscriber.completed).isFalse();
  }
}
