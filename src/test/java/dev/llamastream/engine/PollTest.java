package dev.llamastream.engine;

import static dev.llamastream.engine.Engines.assertWorks;
import static dev.llamastream.engine.Engines.await;
import static dev.llamastream.engine.Engines.awaitIdle;
import static dev.llamastream.engine.Engines.cycle;
import static dev.llamastream.engine.Engines.cycleRequest;
import static dev.llamastream.engine.Engines.params;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import dev.llamastream.FinishReason;
import dev.llamastream.GenerationException;
import dev.llamastream.Model;
import dev.llamastream.Token;
import dev.llamastream.internal.ffm.Batch;
import dev.llamastream.internal.ffm.ContextHandle;
import java.time.Duration;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Streams that are read without waiting. */
@Timeout(600)
class PollTest {

  private static final int BUFFER = 4;

  private static Model model;

  private final HeldDecoder decoder = new HeldDecoder(this::decode);
  private final AtomicBoolean failing = new AtomicBoolean();
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
    engine = Engine.open(model, params().slots(2).streamBuffer(BUFFER).build(), decoder);
  }

  @AfterEach
  void close() {
    decoder.open();
    engine.close();
  }

  private boolean decode(ContextHandle context, Batch batch) {
    if (failing.get()) {
      throw new GenerationException("out of order");
    }
    return context.decode(batch);
  }

  private PollableStream stream(int tokens) {
    return engine.streamWithStats(cycleRequest(3, 5, tokens).build());
  }

  /** Reads on a thread of its own, as an event loop does: one task for each time it is ready. */
  private static final class Loop implements AutoCloseable {
    private final ExecutorService executor = Executors.newSingleThreadExecutor();
    private final StringBuilder text = new StringBuilder();
    private final CompletableFuture<String> end = new CompletableFuture<>();

    private void read(PollableStream stream) {
      executor.execute(() -> drain(stream));
    }

    private void drain(PollableStream stream) {
      try {
        while (true) {
          Optional<Token> token = stream.poll(() -> read(stream));
          if (token.isEmpty()) {
            return;
          }
          text.append(token.get().text());
          if (token.get().last()) {
            end.complete(text.toString());
            return;
          }
        }
      } catch (RuntimeException e) {
        end.completeExceptionally(e);
      }
    }

    @Override
    public void close() {
      executor.close();
    }
  }

  @Test
  void allComesInOrder() {
    decoder.open();
    try (Loop loop = new Loop();
        PollableStream stream = stream(500)) {
      loop.read(stream);
      assertThat(loop.end.join()).isEqualTo(cycle(3, 500));
      assertThat(stream.finishReason()).contains(FinishReason.MAX_TOKENS);
      assertThat(stream.hasNext()).isFalse();
      assertThatExceptionOfType(NoSuchElementException.class)
          .isThrownBy(() -> stream.poll(() -> {}));
    }
  }

  @Test
  void isToldOnceAndOnlyAfterAnEmptyAnswer() {
    AtomicInteger told = new AtomicInteger();
    try (PollableStream stream = stream(BUFFER - 1)) {
      assertThat(stream.poll(told::incrementAndGet)).isEmpty();
      assertThat(told).hasValue(0);
      decoder.open();
      awaitIdle(engine);
      await(() -> told.get() > 0);
      for (int i = 0; i < BUFFER - 1; i++) {
        assertThat(stream.poll(told::incrementAndGet)).isPresent();
      }
      assertThat(told).hasValue(1);
    }
  }

  @Test
  void goesOnWithWhatWaitsAndBack() {
    decoder.open();
    try (PollableStream stream = stream(3)) {
      assertThat(stream.next()).isEqualTo(cycle(3, 1));
      awaitIdle(engine);
      assertThat(stream.poll(() -> {}).orElseThrow().text()).isEqualTo(cycle(4, 1));
      assertThat(stream.next()).isEqualTo(cycle(5, 1));
    }
  }

  @Test
  void whoDoesNotPollParksTheStream() {
    decoder.open();
    try (Loop loop = new Loop();
        PollableStream stream = stream(100)) {
      await(() -> engine.snapshot().parked() == 1);
      assertWorks(engine);
      loop.read(stream);
      assertThat(loop.end.join()).isEqualTo(cycle(3, 100));
    }
  }

  @Test
  void cancelTellsTheReader() {
    try (Loop loop = new Loop();
        PollableStream stream = stream(100)) {
      loop.read(stream);
      stream.cancel();
      decoder.open();
      loop.end.join();
      assertThat(stream.finishReason()).contains(FinishReason.CANCELLED);
    }
  }

  @Test
  void failureIsThrownAndThenIsTheEnd() {
    try (Loop loop = new Loop();
        PollableStream stream = stream(100)) {
      loop.read(stream);
      failing.set(true);
      decoder.open();
      assertThat(loop.end)
          .failsWithin(Duration.ofMinutes(5))
          .withThrowableOfType(ExecutionException.class)
          .withCauseInstanceOf(GenerationException.class)
          .withMessageContaining("out of order");
      assertThatExceptionOfType(NoSuchElementException.class)
          .isThrownBy(() -> stream.poll(() -> {}));
    }
  }

  @Test
  void readerThatThrowsHarmsNoStream() {
    try (PollableStream stream = stream(2)) {
      assertThat(
              stream.poll(
                  () -> {
                    throw new AssertionError("a reader's own mistake");
                  }))
          .isEmpty();
      decoder.open();
      assertWorks(engine);
      assertThat(stream.stream()).containsExactly(cycle(3, 1), cycle(4, 1));
    }
  }

  @Test
  void readerMayReadWhereItIsTold() {
    CompletableFuture<Optional<Token>> read = new CompletableFuture<>();
    try (PollableStream stream = stream(2)) {
      assertThat(stream.poll(() -> read.complete(stream.poll(() -> {})))).isEmpty();
      decoder.open();
      assertThat(read.join().orElseThrow().text()).isEqualTo(cycle(3, 1));
      assertThat(stream.next()).isEqualTo(cycle(4, 1));
    }
  }

  @Test
  void onlyOneReads() throws Exception {
    try (PollableStream stream = stream(2)) {
      Thread waiting = Thread.ofVirtual().start(() -> assertThat(stream.hasNext()).isTrue());
      await(() -> waiting.getState() == Thread.State.WAITING);
      assertThatIllegalStateException()
          .isThrownBy(() -> stream.poll(() -> {}))
          .withMessageContaining("another thread");
      decoder.open();
      waiting.join();
      assertThat(stream.stream()).containsExactly(cycle(3, 1), cycle(4, 1));
    }
  }

  @Test
  void nullIsRefused() {
    try (PollableStream stream = stream(2)) {
      assertThatNullPointerException().isThrownBy(() -> stream.poll(null)).withMessage("ready");
    }
  }
}
