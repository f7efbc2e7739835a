package dev.llamastream.engine;

import static dev.llamastream.TestStreams.tokens;
import static dev.llamastream.engine.Engines.assertWorks;
import static dev.llamastream.engine.Engines.awaitIdle;
import static dev.llamastream.engine.Engines.cycle;
import static dev.llamastream.engine.Engines.cycleRequest;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.llamastream.FinishReason;
import dev.llamastream.GenerationRequest;
import dev.llamastream.Model;
import dev.llamastream.internal.ffm.Batch;
import dev.llamastream.internal.ffm.ContextHandle;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Streams that are cancelled, or whose time is up, while the model runs. What is held here is the
 * decode: nothing that is said to be at once can come from its end.
 */
@Timeout(600)
class EngineCancelTest {

  private static final int PROMPT = 200;

  // whether each decode came to its end
  private final Queue<Boolean> decodes = new ConcurrentLinkedQueue<>();
  private final HeldDecoder decoder = new HeldDecoder(this::decode);
  private Model model;
  private Engine engine;

  @BeforeEach
  void open() {
    model = Model.load(Engines.CYCLE.path());
    open(Engines.params().slots(4));
  }

  private void open(EngineParams.Builder params) {
    engine = Engine.open(model, params.prefixCache(false).build(), decoder);
  }

  @AfterEach
  void close() {
    decoder.open();
    model.close();
  }

  private boolean decode(ContextHandle context, Batch batch) {
    boolean whole = context.decode(batch);
    decodes.add(whole);
    return whole;
  }

  private EngineStream stream(int from, int promptTokens) {
    return engine.stream(cycleRequest(from, promptTokens, 20).build());
  }

  /** Begins with these in one step, which is held. */
  private List<EngineStream> inOneStep(int... promptTokens) {
    EngineStream first = stream(0, 1);
    decoder.holdAt(1);
    List<EngineStream> streams = new ArrayList<>();
    for (int i = 0; i < promptTokens.length; i++) {
      streams.add(stream(10 * i, promptTokens[i]));
    }
    first.cancel();
    decoder.holdAt(2);
    assertThat(engine.snapshot().running()).isEqualTo(promptTokens.length);
    decodes.clear();
    return streams;
  }

  private static void assertEnded(EngineStream stream, FinishReason reason) {
    assertThat(tokens(stream)).hasSize(1);
    assertThat(stream.finishReason()).contains(reason);
  }

  private static void assertWhole(EngineStream stream, int from) {
    assertThat(String.join("", stream)).isEqualTo(cycle(from, 20));
    assertThat(stream.finishReason()).contains(FinishReason.MAX_TOKENS);
  }

  @Test
  void prefillIsStopped() {
    EngineStream stream = inOneStep(PROMPT).getFirst();
    stream.cancel();
    assertEnded(stream, FinishReason.CANCELLED);
    assertThat(Engines.streams(engine)).isZero();
    decoder.open();
    Engines.await(() -> !decodes.isEmpty());
    assertThat(decodes).containsExactly(false);
    assertWorks(engine);
    assertThat(engine.snapshot().kvCellsUsed()).isZero();
  }

  @Test
  void prefillIsStoppedAtATimeout() {
    decoder.open();
    assertWorks(engine);
    decodes.clear();
    decoder.holdNext();
    EngineStream stream =
        engine.stream(cycleRequest(0, PROMPT, 20).timeout(Duration.ofSeconds(1)).build());
    assertEnded(stream, FinishReason.TIMEOUT);
    assertThat(stream.stats().elapsed()).isGreaterThanOrEqualTo(Duration.ofSeconds(1));
    decoder.open();
    assertWorks(engine);
    assertThat(decodes).startsWith(false, true);
  }

  @Test
  void prefillAmongOthersIsStoppedAndTheyLoseNothing() {
    List<EngineStream> streams = inOneStep(50, PROMPT, 60);
    streams.get(1).cancel();
    assertEnded(streams.get(1), FinishReason.CANCELLED);
    decoder.open();
    assertWhole(streams.get(0), 0);
    assertWhole(streams.get(2), 20);
    assertThat(decodes).startsWith(false).filteredOn(whole -> !whole).hasSize(1);
  }

  @Test
  void tokenOfOthersIsNotStopped() {
    List<EngineStream> streams = inOneStep(10, 10, 10);
    decoder.holdAt(4);
    streams.get(1).cancel();
    assertThat(tokens(streams.get(1))).hasSize(3);
    assertThat(engine.snapshot().running()).isEqualTo(2);
    decoder.open();
    assertWhole(streams.get(0), 0);
    assertWhole(streams.get(2), 20);
    assertThat(decodes).doesNotContain(false);
  }

  @Test
  void tokenOfNobodyIsStopped() {
    List<EngineStream> streams = inOneStep(10, 10);
    decoder.holdAt(4);
    streams.forEach(EngineStream::cancel);
    decoder.open();
    Engines.await(() -> decodes.size() == 3);
    assertThat(decodes).containsExactly(true, true, false);
    assertWorks(engine);
  }

  @Test
  void waitingStreamLeavesAtOnceAndSoDoesItsPlace() {
    engine.close();
    open(Engines.params().slots(1).queueCapacity(1));
    EngineStream running = stream(5, 10);
    decoder.holdAt(1);
    EngineStream waiting = stream(0, 10);
    assertThatExceptionOfType(EngineOverloadedException.class).isThrownBy(() -> stream(0, 10));
    waiting.cancel();
    assertEnded(waiting, FinishReason.CANCELLED);
    EngineStream timed =
        engine.stream(cycleRequest(0, 10, 20).timeout(Duration.ofMillis(1)).build());
    assertEnded(timed, FinishReason.TIMEOUT);
    EngineStream next = stream(30, 10);
    decoder.open();
    assertWhole(running, 5);
    assertWhole(next, 30);
    assertThat(decodes).doesNotContain(false);
  }

  @Test
  void timeoutThatExpiresBeforeTheStreamIsQueued() {
    engine.close();
    open(Engines.params().slots(1).queueCapacity(1));
    stream(5, 10);
    decoder.holdAt(1);
    GenerationRequest request = cycleRequest(0, 10, 20).timeout(Duration.ofNanos(1)).build();
    for (int i = 0; i < 2_000; i++) {
      assertEnded(engine.stream(request), FinishReason.TIMEOUT);
    }
    decoder.open();
  }

  @Test
  void stopOfOneStepDoesNotStopTheNext() {
    decoder.open();
    for (int i = 0; i < 2_000; i++) {
      EngineStream cancelled = stream(0, 1);
      EngineStream other = engine.stream(cycleRequest(3, 1, 2).build());
      LockSupport.parkNanos(i * 500L);
      cancelled.cancel();
      assertThat(String.join("", other)).isEqualTo(cycle(3, 2));
    }
    awaitIdle(engine);
    assertWorks(engine);
  }

  /** A reader may take a lock that others hold while they ask the engine for something. */
  @Test
  void readerIsToldWithoutTheEnginesLock() throws InterruptedException {
    CountDownLatch told = new CountDownLatch(1);
    CountDownLatch asked = new CountDownLatch(1);
    EngineStream stream = stream(0, 1);
    EngineStream other = stream(0, 1);
    assertThat(
            stream.poll(
                () -> {
                  told.countDown();
                  try {
                    asked.await();
                  } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                  }
                }))
        .isEqualTo(Optional.empty());
    decoder.open();
    told.await();
    engine.snapshot();
    other.cancel();
    asked.countDown();
    assertThat(other.finishReason()).isPresent();
    assertThat(tokens(stream)).hasSize(20);
  }
}
