package dev.llamastream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.within;

import dev.llamastream.fixture.TinyModel;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Embedders that several threads use, interrupt and close. */
@Timeout(600)
class EmbedderCloseTest {

  private static final String LONG = "y".repeat(8_000);

  private Model model;
  private Embedder embedder;

  @BeforeEach
  void open() {
    model = Model.load(TinyModel.defaults().withLayers(30).path());
    embedder = newEmbedder();
  }

  @AfterEach
  void close() {
    model.close();
  }

  private Embedder newEmbedder() {
    return Embedder.open(model, EmbedderParams.builder().contextSize(0).threads(1).build());
  }

  /** What the long text ends with, on a thread of its own that has begun. */
  private static CompletableFuture<Object> embedding(Embedder embedder, Queue<Thread> threads)
      throws InterruptedException {
    CompletableFuture<Object> result = new CompletableFuture<>();
    CompletableFuture<Boolean> begun = new CompletableFuture<>();
    threads.add(
        Thread.ofPlatform()
            .start(
                () -> {
                  begun.complete(true);
                  try {
                    result.complete(embedder.embed(LONG));
                  } catch (RuntimeException e) {
                    result.complete(e);
                  }
                }));
    begun.join();
    Thread.sleep(50);
    return result;
  }

  private static void assertClosed(Embedder embedder) {
    assertThatIllegalStateException()
        .isThrownBy(() -> embedder.embed("x"))
        .withMessage("the embedder is closed");
  }

  @Test
  void closeStopsWhatRunsAndWhatWaits() throws InterruptedException {
    Queue<Thread> threads = new ConcurrentLinkedQueue<>();
    List<CompletableFuture<Object>> results = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      results.add(embedding(embedder, threads));
    }
    embedder.close();
    embedder.close();
    for (CompletableFuture<Object> result : results) {
      assertThat(result.join())
          .isInstanceOfSatisfying(
              IllegalStateException.class, e -> assertThat(e).hasMessage("the embedder is closed"));
    }
    assertClosed(embedder);
    assertThat(embedder.dimensions()).isEqualTo(64);
    assertThat(embedder.contextSize()).isEqualTo(8_192);
  }

  @Test
  void modelClosesItsEmbedders() throws InterruptedException {
    Queue<Thread> threads = new ConcurrentLinkedQueue<>();
    CompletableFuture<Object> result = embedding(embedder, threads);
    model.close();
    assertThat(result.join()).isInstanceOf(IllegalStateException.class);
    assertClosed(embedder);
    assertThatIllegalStateException()
        .isThrownBy(() -> Embedder.open(model))
        .withMessage("the model is closed");
  }

  @Test
  void interruptStopsItAndNotTheNext() throws InterruptedException {
    Queue<Thread> threads = new ConcurrentLinkedQueue<>();
    CompletableFuture<Object> running = embedding(embedder, threads);
    CompletableFuture<Object> waiting = embedding(embedder, threads);
    threads.forEach(Thread::interrupt);
    assertThat(running.join()).isInstanceOf(CancellationException.class);
    assertThat(waiting.join()).isInstanceOf(CancellationException.class);

    Thread.currentThread().interrupt();
    assertThatExceptionOfType(CancellationException.class).isThrownBy(() -> embedder.embed("x"));
    assertThat(Thread.interrupted()).isTrue();
    assertThat(embedder.embed("x")).hasSize(64);
  }

  @Test
  void threadsTakeTurns() {
    List<String> texts = List.of("a", "some words", "y".repeat(700), "é");
    List<float[]> alone = embedder.embed(texts);
    List<CompletableFuture<List<float[]>>> results = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      results.add(CompletableFuture.supplyAsync(() -> embedder.embed(texts)));
    }
    for (CompletableFuture<List<float[]>> result : results) {
      for (int i = 0; i < texts.size(); i++) {
        // the last bits depend on the texts in the same batch
        assertThat(result.join().get(i)).containsExactly(alone.get(i), within(1e-3f));
      }
    }
  }

  @Test
  void closedAtRandomMoments() throws InterruptedException {
    Random random = new Random(1);
    for (int round = 0; round < 30; round++) {
      Embedder closed = newEmbedder();
      Queue<Throwable> unexpected = new ConcurrentLinkedQueue<>();
      List<Thread> threads = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        threads.add(
            Thread.ofPlatform()
                .uncaughtExceptionHandler((thread, e) -> unexpected.add(e))
                .start(() -> embedUntilClosed(closed)));
      }
      Thread.sleep(random.nextInt(30));
      closed.close();
      for (Thread thread : threads) {
        thread.join();
      }
      assertThat(unexpected).isEmpty();
    }
  }

  private static void embedUntilClosed(Embedder embedder) {
    try {
      while (true) {
        assertThat(embedder.embed("y".repeat(100))).hasSize(64);
      }
    } catch (IllegalStateException e) {
      assertThat(e).hasMessage("the embedder is closed");
    }
  }
}
