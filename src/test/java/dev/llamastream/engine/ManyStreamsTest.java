package dev.llamastream.engine;

import static dev.llamastream.engine.Engines.assertWorks;
import static dev.llamastream.engine.Engines.awaitIdle;
import static dev.llamastream.engine.Engines.cycle;
import static dev.llamastream.engine.Engines.cycleRequest;
import static dev.llamastream.engine.Engines.params;
import static org.assertj.core.api.Assertions.assertThat;

import dev.llamastream.Dry;
import dev.llamastream.FinishReason;
import dev.llamastream.Model;
import dev.llamastream.SamplerParams;
import dev.llamastream.StreamStats;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Hundreds of streams on a few slots, and most of them cancelled. */
@Timeout(600)
class ManyStreamsTest {

  private static Model model;

  @BeforeAll
  static void load() {
    model = Model.load(Engines.CYCLE.path());
  }

  @AfterAll
  static void close() {
    model.close();
  }

  @Test
  void virtualThreadsPinNoCarrier(@TempDir Path directory) throws Exception {
    Path file = directory.resolve("pinned.jfr");
    try (Recording recording = new Recording();
        Engine engine = Engine.open(model, params().queueCapacity(500).streamBuffer(4).build())) {
      // classes are initialized before: who waits for that is pinned, and it happens once
      Thread.ofVirtual().start(() -> assertWorks(engine)).join();
      recording.enable("jdk.VirtualThreadPinned").withoutThreshold().withStackTrace();
      recording.start();
      List<FutureTask<String>> texts = new ArrayList<>();
      for (int i = 0; i < 500; i++) {
        int from = i;
        FutureTask<String> text =
            new FutureTask<>(
                () ->
                    String.join("", engine.stream(cycleRequest(from, 5, 20 + from % 30).build())));
        texts.add(text);
        Thread.ofVirtual().start(text);
      }
      for (int i = 0; i < 500; i++) {
        assertThat(texts.get(i).get()).as("stream %d", i).isEqualTo(cycle(i, 20 + i % 30));
      }
      recording.stop();
      recording.dump(file);
    }
    assertThat(RecordingFile.readAllEvents(file))
        .filteredOn(event -> event.getEventType().getName().equals("jdk.VirtualThreadPinned"))
        .isEmpty();
  }

  /** A history of the length that is asked for would take 12 MB. */
  @Test
  @EnabledOnOs(OS.LINUX)
  void samplersRememberNoMoreThanAStreamMayHave() throws Exception {
    int streams = 100;
    int longest = 1 << 20;
    SamplerParams sampler =
        SamplerParams.builder()
            .repeatPenalty(1.1)
            .penaltyLastN(longest)
            .dry(new Dry(0.8, 1.75, 2, longest, List.of()))
            .build();
    try (Engine engine =
        Engine.open(model, params().slots(1).queueCapacity(streams).streamBuffer(2).build())) {
      assertWorks(engine);
      long before = resident();
      for (int i = 0; i < streams; i++) {
        engine.stream(cycleRequest(i, 5, 20).sampler(sampler).build());
      }
      assertThat(resident() - before).isLessThan(streams * 1_000_000L);
    }
  }

  /** Bytes of this process. */
  private static long resident() throws IOException {
    return 4096 * Long.parseLong(Files.readString(Path.of("/proc/self/statm")).split(" ")[1]);
  }

  @Test
  void cancelStorm() throws Exception {
    storm(400, 1);
  }

  @Test
  @Tag("soak")
  void cancelStormsForLong() throws Exception {
    for (long seed = 2; seed < 200; seed++) {
      storm(1_000, seed);
    }
  }

  /** Streams are cancelled by others at any moment; some are not. All of them end. */
  private static void storm(int count, long seed) throws Exception {
    Random random = new Random(seed);
    AtomicInteger ended = new AtomicInteger();
    EngineListener listener =
        new EngineListener() {
          @Override
          public void onEnd(StreamStats stats) {
            ended.incrementAndGet();
          }
        };
    EngineParams params =
        params()
            .slots(4)
            .context(Engines.context().contextSize(512).batchSize(32).microBatchSize(32).build())
            .queueCapacity(count)
            .streamBuffer(3)
            .listener(listener)
            .build();
    try (Engine engine = Engine.open(model, params)) {
      List<FutureTask<Boolean>> consumers = new ArrayList<>();
      List<EngineStream> open = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        int from = i;
        // one that nobody pulls from fills its buffer and is parked
        boolean pulled = random.nextInt(3) > 0;
        boolean cancelled = !pulled || random.nextInt(5) > 0;
        EngineStream stream = engine.stream(cycleRequest(i, 1 + random.nextInt(100), 60).build());
        FutureTask<Boolean> consumer =
            new FutureTask<>(() -> endsWell(stream, from, cancelled), true);
        consumers.add(consumer);
        if (pulled) {
          Thread.ofVirtual().start(consumer);
        }
        if (cancelled) {
          open.add(stream);
        }
        while (open.size() > random.nextInt(40)) {
          open.remove(random.nextInt(open.size())).cancel();
        }
      }
      open.forEach(EngineStream::cancel);
      for (FutureTask<Boolean> consumer : consumers) {
        consumer.run(); // unless a thread of its own does
        consumer.get();
      }
      awaitIdle(engine);
      Engines.await(() -> ended.get() == count);
      assertWorks(engine);
    }
  }

  private static void endsWell(EngineStream stream, int from, boolean cancelled) {
    String text = String.join("", stream);
    assertThat(cycle(from, 60)).startsWith(text);
    if (!cancelled) {
      assertThat(text).isEqualTo(cycle(from, 60));
    }
    assertThat(stream.finishReason().orElseThrow())
        .isIn(FinishReason.CANCELLED, FinishReason.MAX_TOKENS);
  }

  /** Timeouts of all lengths. */
  @Test
  void timeoutStorm() throws Exception {
    Random random = new Random(6);
    try (Engine engine = Engine.open(model, params().slots(4).streamBuffer(4).build())) {
      List<EngineStream> streams = new ArrayList<>();
      for (int i = 0; i < 200; i++) {
        Duration timeout = Duration.ofNanos(1 + random.nextInt(50_000_000));
        streams.add(engine.stream(cycleRequest(i, 10, 2_000).timeout(timeout).build()));
      }
      awaitIdle(engine);
      for (int i = 0; i < 200; i++) {
        assertThat(streams.get(i).finishReason()).contains(FinishReason.TIMEOUT);
        assertThat(streams.get(i).buffered()).isLessThanOrEqualTo(4);
        assertThat(cycle(i, 4)).startsWith(String.join("", streams.get(i)));
      }
      assertWorks(engine);
    }
  }
}
