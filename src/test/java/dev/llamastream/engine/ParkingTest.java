package dev.llamastream.engine;

import static dev.llamastream.engine.Engines.await;
import static dev.llamastream.engine.Engines.cycle;
import static dev.llamastream.engine.Engines.cycleRequest;
import static dev.llamastream.engine.Engines.params;
import static dev.llamastream.engine.Engines.piece;
import static org.assertj.core.api.Assertions.assertThat;

import dev.llamastream.Model;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Streams whose consumers are slow. */
@Timeout(600)
class ParkingTest {

  private static Model model;

  @BeforeAll
  static void load() {
    model = Model.load(Engines.CYCLE.path());
  }

  @AfterAll
  static void close() {
    model.close();
  }

  /** The most that was ever buffered, seen by the engine's own thread after every decode. */
  private static final class Buffered implements EngineListener {
    private final AtomicReference<EngineStream> stream = new AtomicReference<>();
    private final AtomicInteger most = new AtomicInteger();

    @Override
    public void onStep(int promptTokens, int streams, Duration elapsed) {
      look();
    }

    private void look() {
      EngineStream watched = stream.get();
      if (watched != null) {
        most.accumulateAndGet(watched.buffered(), Math::max);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 4, 5, 32})
  void stalledStreamIsParkedAndTheOthersGoOn(int buffer) {
    EngineParams params = params().slots(4).streamBuffer(buffer).build();
    try (Engine engine = Engine.open(model, params)) {
      EngineStream stalled = engine.stream(cycleRequest(5, 10, 300).build());
      await(() -> engine.snapshot().parked() == 1);
      assertThat(engine.snapshot().running()).isZero();
      int parkedAt = stalled.stats().generatedTokens();
      assertThat(stalled.buffered()).isEqualTo(buffer - 1).isEqualTo(parkedAt);
      for (int i = 0; i < 7; i++) {
        assertThat(String.join("", engine.stream(cycleRequest(i, 10, 100).build())))
            .isEqualTo(cycle(i, 100));
      }
      assertThat(stalled.stats().generatedTokens()).isEqualTo(parkedAt);
      assertThat(engine.snapshot().parked()).isOne();
      assertThat(String.join("", stalled)).isEqualTo(cycle(5, 300));
      assertThat(engine.snapshot().parked()).isZero();
    }
  }

  /** More parked streams than slots: a parked one takes none. */
  @Test
  void parkedStreamsLeaveTheirSlots() {
    try (Engine engine = Engine.open(model, params().slots(2).streamBuffer(4).build())) {
      List<EngineStream> streams = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        streams.add(engine.stream(cycleRequest(i, 10, 50).build()));
      }
      await(() -> engine.snapshot().parked() == 20);
      for (int i = 19; i >= 0; i--) {
        assertThat(String.join("", streams.get(i))).isEqualTo(cycle(i, 50));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 4, 7})
  void endOfAParkedStreamFitsToo(int buffer) {
    try (Engine engine = Engine.open(model, params().streamBuffer(buffer).build())) {
      EngineStream stream = engine.stream(cycleRequest(5, 10, 300).build());
      await(() -> engine.snapshot().parked() == 1);
      stream.cancel();
      await(() -> stream.finishReason().isPresent());
      engine.close(Duration.ZERO);
      assertThat(stream.buffered()).isLessThanOrEqualTo(buffer);
      assertThat(String.join("", stream)).isEqualTo(cycle(5, buffer - 1));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 4})
  void fastConsumerAndSmallBuffer(int buffer) throws Exception {
    alternate(buffer, 2_000, buffer);
  }

  @Test
  @Tag("soak")
  void fastConsumersAndSmallBuffersForLong() throws Exception {
    for (int round = 0; round < 60; round++) {
      alternate(2 + round % 3, 4_000, round);
    }
  }

  /** A consumer about as fast as the engine: the stream is parked and woken thousands of times. */
  private static void alternate(int buffer, int tokens, long seed) throws Exception {
    Buffered buffered = new Buffered();
    EngineParams params = params().streamBuffer(buffer).listener(buffered).build();
    try (Engine engine = Engine.open(model, params)) {
      EngineStream stream = engine.stream(cycleRequest(0, 1, tokens).build());
      buffered.stream.set(stream);
      FutureTask<Integer> consumer =
          new FutureTask<>(
              () -> {
                Random random = new Random(seed);
                int taken = 0;
                for (String piece : stream) {
                  assertThat(piece).isEqualTo(piece(taken++));
                  for (int i = random.nextInt(4) * random.nextInt(20_000); i > 0; i--) {
                    Thread.onSpinWait();
                  }
                  buffered.look();
                }
                return taken;
              });
      Thread.ofPlatform().start(consumer);
      assertThat(consumer.get()).isEqualTo(tokens);
      assertThat(buffered.most.get()).isBetween(1, buffer);
    }
  }

  /** Consumers that take turns: each parks while the other goes on. */
  @ParameterizedTest
  @ValueSource(ints = {2, 3, 4})
  void twoStreamsInTurns(int buffer) {
    try (Engine engine = Engine.open(model, params().slots(1).streamBuffer(buffer).build())) {
      EngineStream one = engine.stream(cycleRequest(0, 1, 1_000).build());
      EngineStream other = engine.stream(cycleRequest(30, 1, 1_000).build());
      for (int i = 0; i < 1_000; i++) {
        assertThat(one.next()).isEqualTo(piece(i));
        assertThat(other.next()).isEqualTo(piece(30 + i));
        assertThat(one.buffered()).isLessThanOrEqualTo(buffer);
        assertThat(other.buffered()).isLessThanOrEqualTo(buffer);
      }
      assertThat(one.hasNext() || other.hasNext()).isFalse();
    }
  }

  /** The stream has tokens for its consumer and its consumer none for it: neither may sleep. */
  @Test
  void parkedStreamKeepsItsPlaceInTheCache() {
    try (Engine engine = Engine.open(model, params().streamBuffer(4).build())) {
      EngineStream stream = engine.stream(cycleRequest(5, 100, 50).build());
      await(() -> engine.snapshot().parked() == 1);
      assertThat(engine.snapshot().kvCellsUsed()).isBetween(100, 103);
      assertThat(String.join("", stream)).isEqualTo(cycle(5, 50));
      assertThat(engine.snapshot().tokensPerSecond()).isPositive();
    }
  }
}
