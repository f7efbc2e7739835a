package dev.llamastream;

import static dev.llamastream.TestStreams.greedy;
import static dev.llamastream.TestStreams.open;
import static dev.llamastream.TestStreams.openEndless;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.llamastream.TestStreams.Puller;
import dev.llamastream.fixture.ScriptedModel;
import dev.llamastream.fixture.TinyModel;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Contexts and models that are closed by other threads, whatever is going on. */
@Timeout(600)
class ContextCloseTest {
  private static final GenerationRequest LONG_PREFILL =
      greedy("y".repeat(8_000)).maxTokens(Integer.MAX_VALUE).build();
  private static final GenerationRequest ENDLESS = greedy("x").maxTokens(Integer.MAX_VALUE).build();

  private Model model;

  @BeforeEach
  void load() {
    model = Model.load(TinyModel.defaults().withLayers(30).path());
  }

  @AfterEach
  void close() {
    model.close();
  }

  @Test
  void closeStopsALongPrefill() throws InterruptedException {
    Context context = openEndless(model, 8192);
    TokenStream stream = context.generateStream(LONG_PREFILL);
    Puller puller = Puller.decoding(stream);
    context.close();
    assertCancelled(puller, stream);
    assertClosed(context);
  }

  @Test
  void closeStopsADecode() throws InterruptedException {
    Context context = openEndless(model, 512);
    MeteredStream stream = context.streamWithStats(ENDLESS);
    Puller puller = new Puller(stream);
    while (stream.stats().generatedTokens() < 10) {
      Thread.sleep(1);
    }
    context.close();
    assertCancelled(puller, stream);
    assertClosed(context);
  }

  @Test
  void eightThreadsMayCloseAtOnce() throws InterruptedException {
    Context context = openEndless(model, 8192);
    TokenStream stream = context.generateStream(LONG_PREFILL);
    Puller puller = Puller.decoding(stream);
    List<Thread> closers = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      closers.add(Thread.ofPlatform().start(context::close));
    }
    for (Thread closer : closers) {
      closer.join();
    }
    assertCancelled(puller, stream);
    assertClosed(context);
  }

  @Test
  void modelClosesItsContexts() throws InterruptedException {
    List<Context> contexts = new ArrayList<>();
    List<TokenStream> streams = new ArrayList<>();
    List<Puller> pullers = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      Context context = openEndless(model, 8192);
      contexts.add(context);
      streams.add(context.generateStream(i == 0 ? LONG_PREFILL : ENDLESS));
      pullers.add(Puller.decoding(streams.getLast()));
    }
    Context idle = open(model, 256);
    TokenStream open = idle.generateStream("x");
    Context closed = open(model, 256);
    closed.close();
    model.close();
    for (int i = 0; i < 3; i++) {
      assertCancelled(pullers.get(i), streams.get(i));
      assertClosed(contexts.get(i));
    }
    assertThat(open.hasNext()).isFalse();
    assertThat(open.finishReason()).contains(FinishReason.CANCELLED);
    assertClosed(idle);
    idle.close();
    assertThatIllegalStateException().isThrownBy(() -> model.tokenizer().encode("x"));
  }

  @Test
  void modelAndContextsMayBeClosedAtOnce() throws InterruptedException {
    Random random = new Random(1);
    for (int round = 0; round < 30; round++) {
      Model own = Model.load(TinyModel.defaultPath());
      List<Thread> threads = new ArrayList<>();
      List<Puller> pullers = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        Context context = openEndless(own, 256);
        pullers.add(new Puller(context.generateStream(ENDLESS)));
        threads.add(Thread.ofPlatform().start(context::close));
      }
      spin(random.nextInt(20_000));
      threads.add(Thread.ofPlatform().start(own::close));
      own.close();
      for (Thread thread : threads) {
        thread.join();
      }
      for (Puller puller : pullers) {
        assertThat(puller.join().getLast().last()).isTrue();
      }
    }
  }

  @Test
  void contextsMayBeOpenedWhileTheModelIsClosed() throws InterruptedException {
    for (int round = 0; round < 20; round++) {
      Model own = Model.load(ScriptedModel.of("ab").path());
      Queue<Throwable> unexpected = new ConcurrentLinkedQueue<>();
      List<Thread> threads = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        threads.add(
            Thread.ofPlatform()
                .uncaughtExceptionHandler((thread, e) -> unexpected.add(e))
                .start(() -> openUntilClosed(own)));
      }
      spin(round * 2_000);
      own.close();
      for (Thread thread : threads) {
        thread.join();
      }
      assertThat(unexpected).isEmpty();
    }
  }

  private static void openUntilClosed(Model model) {
    while (true) {
      try {
        Context context = open(model, 256);
        String text = context.generate("x", 1);
        assertThat(text).isIn("ab", ""); // nothing if the close came first
        assertThat(model.tokenizer().encode("x")).hasSize(2);
      } catch (IllegalStateException e) {
        assertThat(e).hasMessageContaining("closed");
        return;
      }
    }
  }

  /** Opening, pulling, cancelling and closing in any order on several threads. */
  @Test
  void stress() throws InterruptedException {
    Queue<Throwable> unexpected = new ConcurrentLinkedQueue<>();
    try (Model own = Model.load(TinyModel.defaultPath())) {
      for (int round = 0; round < 100; round++) {
        Context context = openEndless(own, 256);
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
          Random random = new Random(4L * round + i);
          threads.add(
              Thread.ofPlatform()
                  .uncaughtExceptionHandler((thread, e) -> unexpected.add(e))
                  .start(() -> use(context, random)));
        }
        spin(new Random(round).nextInt(50_000));
        context.close();
        for (Thread thread : threads) {
          thread.join();
        }
      }
    }
    assertThat(unexpected).isEmpty();
  }

  private static void use(Context context, Random random) {
    while (true) {
      try {
        MeteredStream stream = context.streamWithStats(ENDLESS);
        for (int i = random.nextInt(5); i > 0 && stream.hasNext(); i--) {
          assertThat(stream.next()).isNotEmpty();
        }
        if (random.nextBoolean()) {
          stream.cancel();
        }
        if (random.nextInt(10) == 0) {
          context.clearCache();
        }
        assertThat(stream.stats().promptTokens()).isEqualTo(2);
      } catch (IllegalStateException e) {
        if (e.getMessage().contains("closed")) {
          return;
        }
        assertThat(e).hasMessageContaining("in use");
      }
    }
  }

  private static void assertCancelled(Puller puller, TokenStream stream)
      throws InterruptedException {
    assertThat(puller.join()).isNotEmpty();
    assertThat(stream.finishReason()).contains(FinishReason.CANCELLED);
  }

  private static void assertClosed(Context context) {
    assertThatIllegalStateException()
        .isThrownBy(() -> context.generateStream("x"))
        .withMessageContaining("closed");
  }

  private static void spin(int times) {
    for (int i = 0; i < times; i++) {
      Thread.onSpinWait();
    }
  }
}
