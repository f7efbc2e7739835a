package dev.llamastream.engine;

import static dev.llamastream.engine.Engines.await;
import static dev.llamastream.engine.Engines.cycle;
import static dev.llamastream.engine.Engines.cycleRequest;
import static dev.llamastream.engine.Engines.params;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llamastream.FinishReason;
import dev.llamastream.Model;
import dev.llamastream.StreamStats;
import dev.llamastream.fixture.TinyModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Engines and models that are closed, whatever is going on. */
@Timeout(600)
class EngineCloseTest {

  private static final Duration LONG = Duration.ofDays(1);

  private final HeldDecoder decoder = new HeldDecoder();
  private Model model;
  private long threads;

  @BeforeEach
  void load() {
    model = Model.load(Engines.CYCLE.path());
    threads = Engines.threads();
  }

  @AfterEach
  void nothingIsLeft() {
    model.close();
    await(() -> Engines.threads() == threads);
  }

  private Engine open(int slots) {
    return Engine.open(model, params().slots(slots).streamBuffer(200).build(), decoder);
  }

  /** Twelve streams on four slots, in the midst of a decode. */
  private List<EngineStream> load(Engine engine) {
    List<EngineStream> streams = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      streams.add(engine.stream(cycleRequest(i, 10, 100).build()));
    }
    decoder.holdAt(20);
    return streams;
  }

  private static void assertCancelled(List<EngineStream> streams) {
    for (int i = 0; i < streams.size(); i++) {
      String text = String.join("", streams.get(i));
      assertThat(cycle(i, 100)).startsWith(text);
      assertThat(streams.get(i).finishReason()).contains(FinishReason.CANCELLED);
    }
  }

  private static void awaitWaiting(Thread closer) {
    await(() -> closer.getState().compareTo(Thread.State.WAITING) >= 0);
  }

  @Test
  void closeWithoutGraceCancels() throws InterruptedException {
    Engine engine = open(4);
    List<EngineStream> streams = load(engine);
    Thread closer = Thread.ofPlatform().start(engine::close);
    awaitWaiting(closer);
    assertThat(closer.isAlive()).as("waits for the decode").isTrue();
    decoder.open();
    closer.join();
    assertThat(Engines.threads()).isEqualTo(threads);
    assertCancelled(streams);
    assertThat(streams.getFirst().stats().characters()).isPositive();
  }

  @Test
  void closeWithGraceLetsThemFinishAndRefusesOthers() throws InterruptedException {
    Engine engine = open(4);
    List<EngineStream> streams = load(engine);
    assertThat(engine.isClosed()).isFalse();
    Thread closer = Thread.ofPlatform().start(() -> engine.close(LONG));
    awaitWaiting(closer);
    assertThatIllegalStateException()
        .isThrownBy(() -> engine.generateStream("x"))
        .withMessage("the engine is closed");
    assertThat(engine.isClosed()).isTrue();
    decoder.open();
    closer.join();
    assertThat(Engines.threads()).isEqualTo(threads);
    for (int i = 0; i < 12; i++) {
      assertThat(streams.get(i).finishReason()).contains(FinishReason.MAX_TOKENS);
      assertThat(String.join("", streams.get(i))).isEqualTo(cycle(i, 100));
    }
  }

  @Test
  void graceThatPassesCancelsTheRest() {
    decoder.open();
    Engine engine = Engine.open(model, params().streamBuffer(9).build(), decoder);
    EngineStream stalled = engine.stream(cycleRequest(0, 10, 100).build());
    engine.close(Duration.ofMillis(20));
    assertThat(stalled.finishReason()).contains(FinishReason.CANCELLED);
    assertThat(cycle(0, 100)).startsWith(String.join("", stalled));
  }

  /** Whoever is in more of a hurry wins. */
  @Test
  void closeWithoutGraceOvertakesOneWithGrace() throws InterruptedException {
    Engine engine = open(4);
    List<EngineStream> streams = load(engine);
    Thread patient = Thread.ofPlatform().start(() -> engine.close(LONG));
    awaitWaiting(patient);
    Thread hurried = Thread.ofPlatform().start(engine::close);
    awaitWaiting(hurried);
    decoder.open();
    patient.join();
    hurried.join();
    assertCancelled(streams);
  }

  @Test
  void eightThreadsMayCloseAtOnce() throws InterruptedException {
    Engine engine = open(4);
    List<EngineStream> streams = load(engine);
    List<Thread> closers = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      Duration grace = Duration.ofMillis(i);
      closers.add(Thread.ofPlatform().start(() -> engine.close(grace)));
      closers.add(Thread.ofVirtual().start(model::close));
    }
    decoder.open();
    for (Thread closer : closers) {
      closer.join();
    }
    assertThat(Engines.threads()).isEqualTo(threads);
    assertThat(streams).allSatisfy(stream -> assertThat(stream.finishReason()).isPresent());
  }

  @Test
  void interruptedCloseClosesAllTheSame() throws Exception {
    Engine engine = open(4);
    List<EngineStream> streams = load(engine);
    FutureTask<Boolean> close =
        new FutureTask<>(
            () -> {
              engine.close(LONG);
              return Thread.interrupted();
            });
    Thread closer = Thread.ofPlatform().start(close);
    awaitWaiting(closer);
    closer.interrupt();
    decoder.open();
    assertThat(close.get()).as("interrupted").isTrue();
    assertThat(Engines.threads()).isEqualTo(threads);
    assertThat(streams).allSatisfy(stream -> assertThat(stream.finishReason()).isPresent());
  }

  @Test
  void closeOfTheModel() throws InterruptedException {
    Engine engine = open(4);
    List<EngineStream> streams = load(engine);
    Thread closer = Thread.ofPlatform().start(model::close);
    awaitWaiting(closer);
    decoder.open();
    closer.join();
    assertCancelled(streams);
    assertThatIllegalStateException().isThrownBy(() -> engine.generateStream("x"));
    engine.close(LONG);
    await(() -> Engines.threads() == threads);
  }

  @Test
  void closeOfTheModelWakesAnIdleEngine() {
    decoder.open();
    Engine engine = open(4);
    assertThat(engine.stream(cycleRequest(0, 10, 5).build()).stream()).hasSize(5);
    model.close();
    await(() -> Engines.threads() == threads);
  }

  /** From which call of the listener. */
  enum Call {
    BEGIN,
    STEP,
    END,
    REJECTED
  }

  /** Closes when it is called for the third time. */
  private record Closing(Call call, AtomicReference<Engine> engine, AtomicInteger calls)
      implements EngineListener {

    private void called(Call which) {
      if (which == call && calls.incrementAndGet() == 3) {
        engine.get().close(LONG);
      }
    }

    @Override
    public void onBegin(Duration waited) {
      called(Call.BEGIN);
    }

    @Override
    public void onStep(int promptTokens, int streams, Duration elapsed) {
      called(Call.STEP);
    }

    @Override
    public void onEnd(StreamStats stats) {
      called(Call.END);
    }

    @Override
    public void onRejected() {
      called(Call.REJECTED);
    }
  }

  @ParameterizedTest
  @EnumSource
  void listenerMayClose(Call call) {
    AtomicReference<Engine> reference = new AtomicReference<>();
    EngineParams params =
        params()
            .slots(2)
            .queueCapacity(10)
            .streamBuffer(200)
            .listener(new Closing(call, reference, new AtomicInteger()))
            .build();
    Engine engine = Engine.open(model, params, decoder);
    reference.set(engine);
    List<EngineStream> streams = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      streams.add(engine.stream(cycleRequest(i, 10, 10 + i).build()));
      if (i == 0) {
        decoder.holdAt(1);
      }
    }
    if (call == Call.REJECTED) {
      // the third closes on this very thread, and waits for the streams to finish
      Thread requester = Thread.currentThread();
      Thread.ofPlatform()
          .start(
              () -> {
                await(() -> requester.getState() == Thread.State.TIMED_WAITING);
                decoder.open();
              });
      for (int i = 0; i < 3; i++) {
        assertThatThrownBy(() -> engine.generateStream("x"))
            .isInstanceOf(EngineOverloadedException.class);
      }
    }
    decoder.open();
    await(() -> Engines.threads() == threads);
    engine.close();
    assertThat(streams).allSatisfy(stream -> assertThat(stream.finishReason()).isPresent());
    for (int i = 0; i < 12; i++) {
      assertThat(cycle(i, 10 + i)).startsWith(String.join("", streams.get(i)));
    }
  }

  /** The model is closed by another thread at any moment of the opening. */
  @Test
  void closeWhileOpening() throws Exception {
    Random random = new Random(5);
    Path tiny = TinyModel.defaultPath();
    for (int round = 0; round < 60; round++) {
      Model own = Model.load(tiny);
      FutureTask<Boolean> opening =
          new FutureTask<>(
              () -> {
                try {
                  Engine engine = Engine.open(own, params().build());
                  engine.close();
                  return true;
                } catch (IllegalStateException e) {
                  assertThat(e).hasMessageEndingWith("is closed");
                  return false;
                }
              });
      Thread.ofPlatform().start(opening);
      for (int i = random.nextInt(200_000); i > 0; i--) {
        Thread.onSpinWait();
      }
      own.close();
      opening.get();
    }
    await(() -> Engines.threads() == threads);
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void memoryAndThreadsComeBack() throws IOException {
    // the KV cache of the tiny model takes half a KiB for each token
    EngineParams params =
        params()
            .context(
                Engines.context()
                    .contextSize(1 << 18)
                    .batchSize(64)
                    .threads(2)
                    .batchThreads(2)
                    .build())
            .build();
    try (Model tiny = Model.load(TinyModel.defaultPath())) {
      long tasks = 0;
      for (int round = 0; round < 6; round++) {
        long before = residentKib();
        try (Engine engine = Engine.open(tiny, params)) {
          assertThat(engine.generateStream("x", 2).stream()).isNotEmpty();
          assertThat(residentKib() - before).isGreaterThan(100 << 10);
        }
        assertThat(residentKib() - before).isLessThan(50 << 10);
        if (round == 0) {
          tasks = tasks();
        }
      }
      // the JVM has some more or less too
      assertThat(tasks()).isLessThan(tasks + 5);
    }
  }

  private static long residentKib() throws IOException {
    return Files.readAllLines(Path.of("/proc/self/status")).stream()
        .filter(line -> line.startsWith("VmRSS:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
        .findFirst()
        .orElseThrow();
  }

  /** How many threads this process has, Java's own or not. */
  private static long tasks() throws IOException {
    try (var tasks = Files.list(Path.of("/proc/self/task"))) {
      return tasks.count();
    }
  }
}
