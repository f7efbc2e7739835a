package dev.llamastream.engine;

import static dev.llamastream.engine.Engines.assertWorks;
import static dev.llamastream.engine.Engines.await;
import static dev.llamastream.engine.Engines.awaitIdle;
import static dev.llamastream.engine.Engines.cycle;
import static dev.llamastream.engine.Engines.cycleRequest;
import static dev.llamastream.engine.Engines.params;
import static dev.llamastream.fixture.FlightRecorder.named;
import static dev.llamastream.fixture.FlightRecorder.record;
import static dev.llamastream.fixture.FlightRecorder.sum;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llamastream.Context;
import dev.llamastream.ContextParams;
import dev.llamastream.FinishReason;
import dev.llamastream.Model;
import dev.llamastream.StreamStats;
import dev.llamastream.TokenStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Supplier;
import java.util.logging.Logger;
import jdk.jfr.consumer.RecordedEvent;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What listeners and the flight recorder are told. */
@Timeout(600)
class ObserversTest {

  private static Model model;

  @BeforeAll
  static void load() {
    model = Model.load(Engines.CYCLE.path());
  }

  @AfterAll
  static void close() {
    model.close();
  }

  /** Notes everything, with the thread that told it. */
  private static final class Noting implements EngineListener {
    private final Queue<Duration> waited = new ConcurrentLinkedQueue<>();
    private final Queue<int[]> steps = new ConcurrentLinkedQueue<>();
    private final Queue<StreamStats> ended = new ConcurrentLinkedQueue<>();
    private final Queue<String> threads = new ConcurrentLinkedQueue<>();

    @Override
    public void onBegin(Duration time) {
      waited.add(time);
      threads.add(Thread.currentThread().getName());
    }

    @Override
    public void onStep(int promptTokens, int streams, Duration elapsed) {
      assertThat(elapsed).isPositive();
      steps.add(new int[] {promptTokens, streams});
      threads.add(Thread.currentThread().getName());
    }

    @Override
    public void onEnd(StreamStats stats) {
      ended.add(stats);
      threads.add(Thread.currentThread().getName());
    }

    int sum(int field) {
      return steps.stream().mapToInt(step -> step[field]).sum();
    }
  }

  @Test
  void listenerIsToldEverything() {
    Noting listener = new Noting();
    EngineParams params = params().slots(2).prefixCache(false).listener(listener).build();
    try (Engine engine = Engine.open(model, params)) {
      List<EngineStream> streams = new ArrayList<>();
      for (int i = 0; i < 6; i++) {
        streams.add(engine.stream(cycleRequest(i, 30, 25).build()));
      }
      for (int i = 0; i < 6; i++) {
        assertThat(String.join("", streams.get(i))).isEqualTo(cycle(i, 25));
      }
      await(() -> listener.ended.size() == 6);
      assertThat(listener.waited).hasSize(6).noneMatch(Duration::isNegative);
      assertThat(listener.sum(0)).as("prompt tokens").isEqualTo(6 * 30);
      // the first token comes out of the prompt, and the last one is not computed
      assertThat(listener.sum(1)).as("tokens one by one").isEqualTo(6 * 24);
      assertThat(listener.steps).allMatch(step -> step[1] <= 2);
      assertThat(listener.steps).anyMatch(step -> step[1] == 2);
      assertThat(listener.ended)
          .containsExactlyInAnyOrderElementsOf(streams.stream().map(EngineStream::stats).toList());
      assertThat(listener.threads).containsOnly("llamastream-engine");
    }
  }

  @Test
  void streamThatNeverBeginsOnlyEnds() {
    Noting listener = new Noting();
    try (Engine engine = Engine.open(model, params().listener(listener).build())) {
      TokenStream stream =
          engine.generateStream(cycleRequest(0, 3, 5).timeout(Duration.ofNanos(1)).build());
      assertThat(stream.hasNext()).isFalse();
      await(() -> listener.ended.size() == 1);
      assertThat(listener.waited).isEmpty();
      assertThat(listener.ended.element().finishReason()).contains(FinishReason.TIMEOUT);
    }
  }

  /** Throws whenever it is told anything. */
  private record Throwing(Supplier<Throwable> failure) implements EngineListener {

    @Override
    public void onRejected() {
      fail(failure.get());
    }

    @Override
    public void onBegin(Duration waited) {
      fail(failure.get());
    }

    @Override
    public void onStep(int promptTokens, int streams, Duration elapsed) {
      fail(failure.get());
    }

    @Override
    public void onEnd(StreamStats stats) {
      fail(failure.get());
    }

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    private static <T extends Throwable> void fail(Throwable failure) throws T {
      throw (T) failure;
    }
  }

  @ParameterizedTest
  @ValueSource(classes = {IllegalStateException.class, AssertionError.class, Exception.class})
  void listenerThatThrowsChangesNothing(Class<? extends Throwable> type) {
    Supplier<Throwable> failure =
        () -> {
          try {
            return type.getDeclaredConstructor().newInstance();
          } catch (ReflectiveOperationException e) {
            throw new LinkageError(e.toString(), e);
          }
        };
    HeldDecoder decoder = new HeldDecoder();
    EngineParams params =
        params().slots(1).queueCapacity(1).listener(new Throwing(failure)).build();
    Queue<Throwable> logged = new ConcurrentLinkedQueue<>();
    Logger logger = Logger.getLogger("dev.llamastream.engine");
    logger.setFilter(record -> !logged.add(record.getThrown()));
    try (Engine engine = Engine.open(model, params, decoder)) {
      EngineStream one = engine.stream(cycleRequest(1, 3, 20).build());
      decoder.holdAt(1);
      EngineStream other = engine.stream(cycleRequest(2, 3, 20).build());
      assertThatThrownBy(() -> engine.generateStream("x"))
          .isInstanceOf(EngineOverloadedException.class);
      decoder.open();
      assertThat(String.join("", one)).isEqualTo(cycle(1, 20));
      assertThat(String.join("", other)).isEqualTo(cycle(2, 20));
      assertWorks(engine);
    } finally {
      decoder.open();
      logger.setFilter(null);
    }
    assertThat(logged).hasSizeGreaterThan(40).hasOnlyElementsOfType(type);
  }

  @Test
  void eventsOfAnEngine() {
    List<RecordedEvent> events =
        record(
            () -> {
              EngineParams params = params().slots(3).prefixCache(false).build();
              try (Engine engine = Engine.open(model, params)) {
                List<EngineStream> streams = new ArrayList<>();
                for (int i = 0; i < 4; i++) {
                  streams.add(engine.stream(cycleRequest(i, 30, 25).build()));
                }
                streams.forEach(stream -> assertThat(stream.stream()).hasSize(25));
                awaitIdle(engine);
              }
            });
    assertGenerations(named(events, "Generation"), 4, 30);
    assertThat(named(events, "Prefill")).hasSize(4);
    assertThat(sum(named(events, "Prefill"), "promptTokens")).isEqualTo(4 * 30);
    List<RecordedEvent> decodes = named(events, "Decode");
    assertThat(sum(decodes, "promptTokens")).isEqualTo(4 * 30);
    assertThat(sum(decodes, "streams")).isEqualTo(4 * 24);
    assertThat(decodes)
        .allSatisfy(
            event -> {
              assertThat(event.getInt("slots")).isEqualTo(3);
              assertThat(event.getInt("streams")).isBetween(0, 3);
              assertThat(event.getDuration()).isPositive();
              assertThat(event.getThread().getJavaName()).isEqualTo("llamastream-engine");
            });
  }

  @Test
  void eventsOfAContext() {
    List<RecordedEvent> events =
        record(
            () -> {
              ContextParams params = ContextParams.builder().contextSize(512).build();
              try (Context context = new Context(model, params)) {
                context.generate(cycleRequest(1, 130, 25).build());
                context.generate(cycleRequest(1, 130, 25).build());
              }
            });
    List<RecordedEvent> generations = named(events, "Generation");
    assertGenerations(generations, 2, 130);
    assertThat(generations).extracting(e -> e.getInt("cachedPromptTokens")).containsExactly(0, 64);
    List<RecordedEvent> prefills = named(events, "Prefill");
    assertThat(prefills).extracting(e -> e.getInt("promptTokens")).containsExactly(130, 130);
    assertThat(prefills).extracting(e -> e.getInt("cachedPromptTokens")).containsExactly(0, 64);
    assertThat(prefills).allSatisfy(event -> assertThat(event.getDuration()).isPositive());
    List<RecordedEvent> decodes = named(events, "Decode");
    assertThat(sum(decodes, "promptTokens")).isEqualTo(130 + 66);
    assertThat(sum(decodes, "streams")).isEqualTo(2 * 24);
  }

  private static void assertGenerations(List<RecordedEvent> events, int count, int promptTokens) {
    assertThat(events)
        .hasSize(count)
        .allSatisfy(
            event -> {
              assertThat(event.getInt("promptTokens")).isEqualTo(promptTokens);
              assertThat(event.getInt("generatedTokens")).isEqualTo(25);
              assertThat(event.getDuration("timeToFirstToken"))
                  .isPositive()
                  .isLessThanOrEqualTo(event.getDuration());
              assertThat(event.getDouble("tokensPerSecond")).isPositive();
              assertThat(event.getString("finishReason")).isEqualTo("MAX_TOKENS");
            });
  }

  @Test
  void eventOfALoad() {
    Path path = Engines.CYCLE.path();
    List<RecordedEvent> events = named(record(() -> Model.load(path).close()), "ModelLoad");
    assertThat(events).hasSize(1);
    RecordedEvent event = events.getFirst();
    assertThat(event.getString("path")).isEqualTo(path.toString());
    assertThat(event.getLong("size")).isEqualTo(model.info().sizeInBytes()).isPositive();
    assertThat(event.getDuration()).isPositive();
  }
}
