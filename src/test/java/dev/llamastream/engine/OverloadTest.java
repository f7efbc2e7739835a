package dev.llamastream.engine;

import static dev.llamastream.engine.Engines.assertWorks;
import static dev.llamastream.engine.Engines.await;
import static dev.llamastream.engine.Engines.awaitIdle;
import static dev.llamastream.engine.Engines.cycle;
import static dev.llamastream.engine.Engines.cycleRequest;
import static dev.llamastream.engine.Engines.params;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llamastream.FinishReason;
import dev.llamastream.GenerationException;
import dev.llamastream.GenerationRequest;
import dev.llamastream.Model;
import dev.llamastream.SamplerParams;
import dev.llamastream.StreamStats;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.FutureTask;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** More requests than an engine takes, and those who wait for all of them. */
@Timeout(600)
class OverloadTest {

  /** Nothing that this grammar allows is in the vocabulary: the first token fails. */
  private static final GenerationRequest IMPOSSIBLE =
      cycleRequest(0, 3, 5)
          .sampler(SamplerParams.builder().grammar("root ::= \"\\x00\"").build())
          .build();

  /** No vocabulary has this token. */
  private static final GenerationRequest MALFORMED =
      GenerationRequest.builder(new int[] {Integer.MAX_VALUE}).build();

  private static Model model;

  private final Queue<Thread> rejected = new ConcurrentLinkedQueue<>();
  private final Queue<StreamStats> ended = new ConcurrentLinkedQueue<>();
  private final HeldDecoder decoder = new HeldDecoder();
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
          public void onRejected() {
            rejected.add(Thread.currentThread());
          }

          @Override
          public void onEnd(StreamStats stats) {
            ended.add(stats);
          }
        };
    engine =
        Engine.open(
            model,
            params().slots(2).queueCapacity(3).streamBuffer(64).listener(listener).build(),
            decoder);
  }

  @AfterEach
  void close() {
    decoder.open();
    engine.close();
  }

  /** As many streams as it takes, while the first of them is being decoded. */
  private List<EngineStream> fill() {
    List<EngineStream> streams = new ArrayList<>();
    streams.add(engine.stream(cycleRequest(0, 3, 20).build()));
    decoder.holdAt(1);
    // one for the other slot, three that wait
    for (int i = 1; i < 5; i++) {
      streams.add(engine.stream(cycleRequest(i, 3, 20).build()));
    }
    return streams;
  }

  @Test
  void fullQueueRefuses() {
    List<EngineStream> streams = fill();
    for (int i = 1; i <= 3; i++) {
      assertThatThrownBy(() -> engine.generateStream("x"))
          .isInstanceOfSatisfying(
              EngineOverloadedException.class,
              e -> {
                assertThat(e.queueLength()).isEqualTo(4);
                assertThat(e.retryAfter()).isBetween(Duration.ofMillis(1), Duration.ofMinutes(1));
                assertThat(e)
                    .hasMessageStartingWith(
                        "the engine is overloaded: 4 requests are waiting, try again in ");
              });
      assertThat(rejected).hasSize(i).containsOnly(Thread.currentThread());
    }
    assertThat(engine.snapshot().waiting()).isEqualTo(4);
    decoder.open();
    for (int i = 0; i < 5; i++) {
      assertThat(String.join("", streams.get(i))).isEqualTo(cycle(i, 20));
    }
    assertWorks(engine);
  }

  /** Its prompt is not even looked at. */
  @Test
  void fullQueueRefusesBeforeAnythingElse() {
    fill();
    assertThatThrownBy(() -> engine.stream(MALFORMED))
        .isInstanceOf(EngineOverloadedException.class);
    assertThatThrownBy(engine::requireRoom).isInstanceOf(EngineOverloadedException.class);
  }

  @Test
  void whoAsksForRoomKeepsNone() {
    for (int i = 0; i < 10; i++) {
      engine.requireRoom();
    }
    assertThat(fill()).hasSize(5);
    decoder.open();
    engine.close();
    assertThatThrownBy(engine::requireRoom).hasMessageContaining("closed");
  }

  @Test
  void requestsThatCannotBeginKeepNoPlace() {
    for (int i = 0; i < 10; i++) {
      assertThatThrownBy(() -> engine.stream(MALFORMED))
          .isInstanceOf(IllegalArgumentException.class);
    }
    assertThat(fill()).hasSize(5);
  }

  @Test
  void cancelInTheQueueMakesRoom() {
    List<EngineStream> streams = fill();
    streams.get(4).cancel();
    decoder.open();
    await(() -> streams.get(4).finishReason().isPresent());
    assertThat(engine.generateStream(cycleRequest(9, 3, 5).build()).stream()).hasSize(5);
    assertThat(streams.get(4).hasNext()).isFalse();
  }

  @Test
  void generateAllKeepsTheOrder() {
    decoder.open();
    List<GenerationRequest> requests =
        IntStream.range(0, 60)
            .mapToObj(i -> cycleRequest(i, 1 + i % 7, 1 + i * 13 % 40).build())
            .toList();
    List<String> expected =
        IntStream.range(0, 60).mapToObj(i -> cycle(i, 1 + i * 13 % 40)).toList();
    assertThat(engine.generateAll(requests)).isEqualTo(expected);
    assertThat(engine.generateAll(List.of())).isEmpty();
  }

  @Test
  void generateAllWaitsForRoom() throws Exception {
    List<EngineStream> streams = fill();
    FutureTask<List<String>> all =
        new FutureTask<>(() -> engine.generateAll(List.of(cycleRequest(8, 3, 30).build())));
    Thread.ofPlatform().start(all);
    await(() -> !rejected.isEmpty());
    decoder.open();
    assertThat(all.get()).containsExactly(cycle(8, 30));
    assertThat(String.join("", streams.getLast())).isEqualTo(cycle(4, 20));
  }

  @Test
  void generateAllFailsWithTheFirstFailure() {
    decoder.open();
    List<GenerationRequest> requests = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      requests.add(i == 5 ? IMPOSSIBLE : cycleRequest(i, 3, 2_000).build());
    }
    assertThatThrownBy(() -> engine.generateAll(requests))
        .isInstanceOf(GenerationException.class)
        .hasMessageContaining("grammar");
    awaitIdle(engine);
    await(() -> endedWith(FinishReason.FAILED) && endedWith(FinishReason.CANCELLED));
    assertThat(ended).hasSizeLessThan(20);
    assertWorks(engine);
  }

  private boolean endedWith(FinishReason reason) {
    return ended.stream().anyMatch(stats -> stats.finishReason().equals(Optional.of(reason)));
  }

  @Test
  void generateAllIsCancelledByAnInterrupt() throws Exception {
    FutureTask<Boolean> all =
        new FutureTask<>(
            () -> {
              List<GenerationRequest> requests =
                  IntStream.range(0, 9).mapToObj(i -> cycleRequest(i, 3, 3_000).build()).toList();
              assertThatIllegalStateException()
                  .isThrownBy(() -> engine.generateAll(requests))
                  .withMessage("interrupted");
              return Thread.interrupted();
            });
    Thread thread = Thread.ofPlatform().start(all);
    decoder.holdAt(5);
    thread.interrupt();
    decoder.open();
    assertThat(all.get()).as("interrupted").isTrue();
    awaitIdle(engine);
    assertWorks(engine);
  }

  /** Nobody will make room: the others wait for a decode that does not end. */
  @Test
  void generateAllThatWaitsForRoomCanBeInterrupted() throws Exception {
    List<EngineStream> streams = fill();
    FutureTask<Boolean> all =
        new FutureTask<>(
            () -> {
              assertThatIllegalStateException()
                  .isThrownBy(() -> engine.generateAll(List.of(cycleRequest(8, 3, 5).build())));
              return Thread.interrupted();
            });
    Thread thread = Thread.ofPlatform().start(all);
    await(() -> !rejected.isEmpty());
    thread.interrupt();
    assertThat(all.get()).as("interrupted").isTrue();
    assertThat(streams.getLast().finishReason()).isEmpty();
  }

  @Test
  void asyncCompletes() {
    decoder.open();
    List<CompletableFuture<String>> futures = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      futures.add(engine.generateAsync(cycleRequest(i, 3, 10 + i).build()));
    }
    for (int i = 0; i < 5; i++) {
      assertThat(futures.get(i).join()).isEqualTo(cycle(i, 10 + i));
    }
    assertThatThrownBy(() -> engine.generateAsync(IMPOSSIBLE).join())
        .isInstanceOf(CompletionException.class)
        .hasCauseInstanceOf(GenerationException.class);
  }

  @Test
  void asyncCanBeCancelled() {
    CompletableFuture<String> running = engine.generateAsync(cycleRequest(0, 3, 4_000).build());
    decoder.holdAt(3);
    CompletableFuture<String> waiting = engine.generateAsync(cycleRequest(1, 3, 4_000).build());
    running.cancel(true);
    waiting.cancel(true);
    decoder.open();
    await(() -> ended.size() == 2);
    assertThat(ended)
        .allSatisfy(s -> assertThat(s.finishReason()).contains(FinishReason.CANCELLED));
    assertThat(running).isCancelled();
    assertWorks(engine);
  }

  @Test
  void asyncRefusalIsThrownAtOnce() {
    List<EngineStream> streams = fill();
    assertThatThrownBy(() -> engine.generateAsync(IMPOSSIBLE))
        .isInstanceOf(EngineOverloadedException.class);
    assertThat(streams).hasSize(5);
  }

  @Test
  void asyncThatIsCutShortHasTheTextSoFar() {
    CompletableFuture<String> future = engine.generateAsync(cycleRequest(0, 3, 4_000).build());
    decoder.holdAt(4);
    Thread closer = Thread.ofPlatform().start(engine::close);
    await(() -> closer.getState().compareTo(Thread.State.WAITING) >= 0);
    decoder.open();
    assertThat(future.join()).isEqualTo(cycle(0, 3));
  }

  /** More waiting requests than the batch workers of all who call at once. */
  @Test
  void severalCallersOfGenerateAll() throws Exception {
    decoder.open();
    List<FutureTask<List<String>>> calls = new ArrayList<>();
    for (int c = 0; c < 4; c++) {
      int from = 10 * c;
      FutureTask<List<String>> call =
          new FutureTask<>(
              () ->
                  engine.generateAll(
                      IntStream.range(from, from + 15)
                          .mapToObj(i -> cycleRequest(i, 3, 10).build())
                          .toList()));
      calls.add(call);
      Thread.ofVirtual().start(call);
    }
    for (int c = 0; c < 4; c++) {
      int from = 10 * c;
      assertThat(calls.get(c).get())
          .isEqualTo(IntStream.range(from, from + 15).mapToObj(i -> cycle(i, 10)).toList());
    }
  }
}
