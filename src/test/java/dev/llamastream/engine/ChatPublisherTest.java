package dev.llamastream.engine;

import static dev.llamastream.engine.Engines.await;
import static dev.llamastream.engine.Engines.awaitIdle;
import static dev.llamastream.engine.Engines.cycle;
import static dev.llamastream.engine.Engines.cycleChat;
import static dev.llamastream.engine.Engines.params;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import dev.llamastream.ChatTemplateException;
import dev.llamastream.Context;
import dev.llamastream.FinishReason;
import dev.llamastream.Generator;
import dev.llamastream.Model;
import dev.llamastream.PromptTooLongException;
import dev.llamastream.StreamStats;
import dev.llamastream.chat.ChatDelta;
import dev.llamastream.chat.ChatMessage;
import dev.llamastream.chat.ChatRequest;
import dev.llamastream.chat.Tool;
import dev.llamastream.chat.ToolCall;
import dev.llamastream.chat.ToolChoice;
import java.util.List;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What publishers of answers do beyond the rules of Reactive Streams. */
@Timeout(600)
class ChatPublisherTest {

  private static Model model;

  private final Queue<StreamStats> ended = new ConcurrentLinkedQueue<>();
  private Engine engine;
  private Context context;

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
    context = new Context(model, Engines.context().build());
  }

  @AfterEach
  void close() {
    engine.close();
    context.close();
  }

  /** Asks for what the test says, and keeps what comes. */
  private static final class Collecting implements Flow.Subscriber<ChatDelta> {
    private final Queue<ChatDelta> deltas = new ConcurrentLinkedQueue<>();
    private volatile Flow.Subscription subscription;
    private volatile Thread thread;
    private volatile Throwable failure;
    private volatile boolean completed;

    @Override
    public void onSubscribe(Flow.Subscription s) {
      subscription = s;
    }

    @Override
    public void onNext(ChatDelta delta) {
      thread = Thread.currentThread();
      deltas.add(delta);
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
      return deltas.stream()
          .map(delta -> ((ChatDelta.Text) delta).text())
          .collect(Collectors.joining());
    }

    /** Returns when it has so many deltas, and its thread waits for demand. */
    void awaitDeltas(int count) {
      await(() -> deltas.size() == count && thread.getState() == Thread.State.WAITING);
    }
  }

  private static Collecting subscribe(Generator generator, ChatRequest request) {
    Collecting subscriber = new Collecting();
    generator.publisher(request).subscribe(subscriber);
    return subscriber;
  }

  private Generator generator(boolean many) {
    return many ? engine : context;
  }

  @Test
  void demandParksAndWakes() {
    Collecting subscriber = subscribe(engine, cycleChat(100).build());
    assertThat(Engines.streams(engine)).as("before the first demand").isZero();
    for (int demanded = 1; demanded < 50; demanded += 7) {
      int expected = demanded;
      subscriber.subscription.request(demanded == 1 ? 1 : 7);
      await(() -> subscriber.deltas.size() == expected && engine.snapshot().parked() == 1);
      assertThat(subscriber.text()).isEqualTo(cycle(0, demanded));
    }
    assertThat(subscriber.completed).isFalse();
    subscriber.subscription.request(Long.MAX_VALUE);
    await(() -> subscriber.completed);
    assertThat(subscriber.text()).isEqualTo(cycle(0, 100));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void eachSubscriptionAsksAnew(boolean many) {
    Flow.Publisher<ChatDelta> publisher = generator(many).publisher(cycleChat(30).build());
    for (int i = 0; i < 3; i++) {
      Collecting subscriber = new Collecting();
      publisher.subscribe(subscriber);
      subscriber.subscription.request(Long.MAX_VALUE);
      await(() -> subscriber.completed);
      assertThat(subscriber.text()).isEqualTo(cycle(0, 30));
    }
  }

  @Test
  void cancelEndsTheStream() {
    Collecting subscriber = subscribe(engine, cycleChat(4_000).build());
    subscriber.subscription.request(3);
    await(() -> subscriber.deltas.size() == 3);
    subscriber.subscription.cancel();
    awaitIdle(engine);
    await(() -> !ended.isEmpty());
    assertThat(ended.element().finishReason()).contains(FinishReason.CANCELLED);
    subscriber.subscription.request(5);
    assertThat(subscriber.deltas).hasSize(3);
    assertThat(subscriber.completed).isFalse();
    assertThat(subscriber.failure).isNull();
  }

  @Test
  void aContextDecodesWhatIsAskedFor() {
    Collecting subscriber = subscribe(context, cycleChat(200).build());
    subscriber.subscription.request(4);
    subscriber.awaitDeltas(4);
    assertThat(subscriber.text()).isEqualTo(cycle(0, 4));
    subscriber.subscription.request(Long.MAX_VALUE);
    await(() -> subscriber.completed);
    assertThat(subscriber.text()).isEqualTo(cycle(0, 200));
  }

  @Test
  void cancelEndsTheThread() throws InterruptedException {
    Collecting subscriber = subscribe(context, cycleChat(200).build());
    subscriber.subscription.request(1);
    subscriber.awaitDeltas(1);
    subscriber.subscription.cancel();
    subscriber.thread.join();
    assertThat(subscriber.completed).isFalse();
  }

  @Test
  void supersededCompletesWithoutDemand() throws InterruptedException {
    Collecting subscriber = subscribe(context, cycleChat(200).build());
    subscriber.subscription.request(2);
    subscriber.awaitDeltas(2);
    assertThat(context.generate("y", 1)).hasSize(4);
    await(() -> subscriber.completed);
    subscriber.thread.join();
    assertThat(subscriber.text()).isEqualTo(cycle(0, 2));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void closeCompletes(boolean many) {
    Collecting subscriber = subscribe(generator(many), cycleChat(4_000).build());
    subscriber.subscription.request(Long.MAX_VALUE);
    await(() -> subscriber.deltas.size() > 3);
    generator(many).close();
    await(() -> subscriber.completed);
    assertThat(cycle(0, 4_000)).startsWith(subscriber.text());
  }

  @Test
  void closeLeavesWhatWasNotAskedFor() {
    Collecting subscriber = subscribe(engine, cycleChat(4_000).build());
    subscriber.subscription.request(1);
    await(() -> subscriber.deltas.size() == 1 && engine.snapshot().parked() == 1);
    engine.close();
    assertThat(subscriber.completed).isFalse();
    while (!subscriber.completed) {
      int taken = subscriber.deltas.size();
      subscriber.subscription.request(1);
      await(() -> subscriber.deltas.size() > taken || subscriber.completed);
    }
    assertThat(subscriber.deltas).hasSizeGreaterThan(2);
    assertThat(subscriber.text()).isEqualTo(cycle(0, subscriber.deltas.size()));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void whatTheRequestThrowsIsTheError(boolean many) {
    ChatRequest.Builder bad = cycleChat(1).template("{{ raise_exception('no messages') }}");
    assertThat(failure(generator(many), bad.build()))
        .isInstanceOf(ChatTemplateException.class)
        .hasMessageContaining("no messages");
    ChatRequest.Builder tooLong =
        cycleChat(1).messages(List.of(ChatMessage.user("x".repeat(5_000))));
    assertThat(failure(generator(many), tooLong.build()))
        .isInstanceOf(PromptTooLongException.class);
    generator(many).close();
    assertThat(failure(generator(many), cycleChat(1).build()))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("closed");
  }

  private static Throwable failure(Generator generator, ChatRequest request) {
    Collecting subscriber = subscribe(generator, request);
    assertThat(subscriber.failure).as("before the first demand").isNull();
    subscriber.subscription.request(1);
    await(() -> subscriber.failure != null);
    return subscriber.failure;
  }

  /** Several deltas of one token come one at a time, too. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aToolCallIsPublished(boolean many) {
    ChatRequest request =
        cycleChat(200)
            .tools(Tool.of("go", "", "{\"type\":\"object\",\"properties\":{}}"))
            .toolChoice(ToolChoice.REQUIRED)
            .build();
    Collecting subscriber = subscribe(generator(many), request);
    while (!subscriber.completed) {
      int taken = subscriber.deltas.size();
      subscriber.subscription.request(1);
      await(() -> subscriber.deltas.size() > taken || subscriber.completed);
      assertThat(subscriber.deltas).hasSizeBetween(taken, taken + 1);
    }
    assertThat(subscriber.deltas)
        .filteredOn(ChatDelta.ToolCallDone.class::isInstance)
        .singleElement()
        .extracting(delta -> ((ChatDelta.ToolCallDone) delta).call())
        .returns("go", ToolCall::name);
  }

  @Test
  void nothingIsRefused() {
    for (Generator generator : new Generator[] {engine, context}) {
      assertThatNullPointerException()
          .isThrownBy(() -> generator.publisher((ChatRequest) null))
          .withMessage("request");
      Flow.Publisher<ChatDelta> publisher = generator.publisher(cycleChat(1).build());
      assertThatNullPointerException()
          .isThrownBy(() -> publisher.subscribe(null))
          .withMessage("subscriber");
    }
  }
}
