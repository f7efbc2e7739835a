package dev.llamastream.engine;

import static dev.llamastream.engine.Engines.await;
import static dev.llamastream.engine.Engines.awaitIdle;
import static dev.llamastream.engine.Engines.cycle;
import static dev.llamastream.engine.Engines.cycleRequest;
import static dev.llamastream.engine.Engines.params;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import dev.llamastream.FinishReason;
import dev.llamastream.GenerationRequest;
import dev.llamastream.Model;
import dev.llamastream.PromptTooLongException;
import dev.llamastream.StreamStats;
import dev.llamastream.Token;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Flow;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What an engine's publisher does beyond the rules of Reactive Streams. */
@Timeout(600)
class PublisherTest {

  private static Model model;

  private final Queue<StreamStats> ended = new ConcurrentLinkedQueue<>();
  private Engine engine;

  @BeforeAll
  static void load() {
    model = Model.load(Engines.CYCLE.path());
  }

  @AfterAll
  static void closeModel() {
    model.close();
  }

  @BeforeEach
  void open() {
    EngineListener listener =
        new EngineListener() {
          @Override
          public void onEnd(StreamStats stats) {
            ended.add(stats);
          }
        };
    engine = Engine.open(model, params().streamBuffer(4).listener(listener).build());
  }

  @AfterEach
  void close() {
    engine.close();
  }

  /** Asks for what the test says, and keeps what comes. */
  private static final class Collecting implements Flow.Subscriber<Token> {
    private final Queue<Token> tokens = new ConcurrentLinkedQueue<>();
    private volatile Flow.Subscription subscription;
    private volatile Throwable failure;
    private volatile boolean completed;

    @Override
    public void onSubscribe(Flow.Subscription s) {
      subscription = s;
    }

    @Override
    public void onNext(Token token) {
      tokens.add(token);
    }

    @Override
    public void onError(Throwable thrown) {
      failure = thrown;
    }

    @Override
    public void onComplete() {
      completed = true;
    }

    String text() {
      return tokens.stream().map(Token::text).collect(Collectors.joining());
    }
  }

  private Collecting subscribe(GenerationRequest request) {
    Collecting subscriber = new Collecting();
    engine.publisher(request).subscribe(subscriber);
    return subscriber;
  }

  @Test
  void demandParksAndWakes() {
    Collecting subscriber = subscribe(cycleRequest(5, 3, 100).build());
    assertThat(Engines.streams(engine)).as("before the first demand").isZero();
    for (int demanded = 1; demanded < 50; demanded += 7) {
      int expected = demanded;
      subscriber.subscription.request(demanded == 1 ? 1 : 7);
      await(() -> subscriber.tokens.size() == expected && engine.snapshot().parked() == 1);
      assertThat(subscriber.text()).isEqualTo(cycle(5, demanded));
    }
    assertThat(subscriber.completed).isFalse();
    subscriber.subscription.request(Long.MAX_VALUE);
    await(() -> subscriber.completed);
    assertThat(subscriber.text()).isEqualTo(cycle(5, 100));
    assertThat(subscriber.tokens).filteredOn(Token::last).hasSize(1);
  }

  @Test
  void eachSubscriptionGeneratesAnew() {
    Flow.Publisher<Token> publisher = engine.publisher(cycleRequest(5, 3, 100).build());
    Collecting[] subscribers = new Collecting[20];
    for (int i = 0; i < 20; i++) {
      subscribers[i] = new Collecting();
      publisher.subscribe(subscribers[i]);
      subscribers[i].subscription.request(Long.MAX_VALUE);
    }
    for (Collecting subscriber : subscribers) {
      await(() -> subscriber.completed);
      assertThat(subscriber.text()).isEqualTo(cycle(5, 100));
    }
    await(() -> ended.size() == 20);
  }

  @Test
  void cancelEndsTheStream() {
    Collecting subscriber = subscribe(cycleRequest(5, 3, 4_000).build());
    subscriber.subscription.request(3);
    await(() -> subscriber.tokens.size() == 3);
    subscriber.subscription.cancel();
    awaitIdle(engine);
    await(() -> !ended.isEmpty());
    assertThat(ended.element().finishReason()).contains(FinishReason.CANCELLED);
    subscriber.subscription.request(5);
    assertThat(subscriber.tokens).hasSize(3);
    assertThat(subscriber.completed).isFalse();
    assertThat(subscriber.failure).isNull();
  }

  @Test
  void closeCompletesWithTheEnd() {
    Collecting subscriber = subscribe(cycleRequest(5, 3, 4_000).build());
    subscriber.subscription.request(Long.MAX_VALUE);
    await(() -> subscriber.tokens.size() > 3);
    engine.close();
    await(() -> subscriber.completed);
    Token last = subscriber.tokens.stream().filter(Token::last).findFirst().orElseThrow();
    assertThat(last.id()).isEqualTo(Token.NONE);
    assertThat(cycle(5, 4_000)).startsWith(subscriber.text());
  }

  /** Its thread waits for demand, and nothing is left to deliver. */
  @Test
  void closeCompletesWithoutDemand() {
    HeldDecoder decoder = new HeldDecoder();
    try (Engine own = Engine.open(model, params().build(), decoder)) {
      Collecting subscriber = new Collecting();
      own.publisher(cycleRequest(5, 3, 4_000).build()).subscribe(subscriber);
      subscriber.subscription.request(1);
      decoder.holdAt(2);
      await(() -> subscriber.tokens.size() == 1);
      Thread closer = Thread.ofPlatform().start(own::close);
      await(own::isClosed);
      decoder.open();
      await(() -> !closer.isAlive() && subscriber.completed);
      assertThat(subscriber.text()).startsWith(cycle(5, 1));
    }
  }

  @Test
  void closeLeavesWhatWasNotAskedFor() {
    Collecting subscriber = subscribe(cycleRequest(5, 3, 4_000).build());
    subscriber.subscription.request(1);
    await(() -> subscriber.tokens.size() == 1 && engine.snapshot().parked() == 1);
    engine.close();
    assertThat(subscriber.completed).isFalse();
    while (!subscriber.completed) {
      int taken = subscriber.tokens.size();
      subscriber.subscription.request(1);
      await(() -> subscriber.tokens.size() > taken || subscriber.completed);
    }
    int count =
        subscriber.tokens.size() - (subscriber.tokens.stream().anyMatch(Token::last) ? 1 : 0);
    assertThat(count).isGreaterThan(2);
    assertThat(subscriber.text()).isEqualTo(cycle(5, count));
  }

  @Test
  void whatTheRequestThrowsIsTheError() {
    Collecting tooLong = subscribe(cycleRequest(5, 5_000, 1).build());
    assertThat(tooLong.failure).isNull();
    tooLong.subscription.request(1);
    await(() -> tooLong.failure != null);
    assertThat(tooLong.failure).isInstanceOf(PromptTooLongException.class);

    engine.close();
    Collecting closed = subscribe(cycleRequest(5, 3, 1).build());
    closed.subscription.request(1);
    await(() -> closed.failure != null);
    assertThat(closed.failure)
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("the engine is closed");
  }

  @Test
  void nullSubscriberIsRefused() {
    Flow.Publisher<Token> publisher = engine.publisher(cycleRequest(5, 3, 1).build());
    assertThatNullPointerException()
        .isThrownBy(() -> publisher.subscribe(null))
        .withMessage("subscriber");
  }
}
