package dev.llamastream.engine;

import static dev.llamastream.TestStreams.greedy;
import static dev.llamastream.engine.Engines.awaitIdle;
import static dev.llamastream.engine.Engines.cycle;
import static dev.llamastream.engine.Engines.cycleRequest;
import static dev.llamastream.engine.Engines.params;
import static org.assertj.core.api.Assertions.assertThat;

import dev.llamastream.FinishReason;
import dev.llamastream.MeteredStream;
import dev.llamastream.Model;
import dev.llamastream.StreamStats;
import dev.llamastream.engine.CertainRequests.Certain;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Whatever else goes on, every stream says what it would say alone. */
@Timeout(600)
class TextUnderLoadTest {

  private static Model cycling;
  private static Model tiny;
  private static List<Certain> scripted;
  private static List<Certain> certain;

  @BeforeAll
  static void load() {
    cycling = Model.load(Engines.CYCLE.path());
    tiny = CertainRequests.model();
    certain = CertainRequests.make(tiny, 60, 80, 40, 1);
    Random random = new Random(1);
    scripted = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      int length = 1 + random.nextInt(100);
      scripted.add(
          new Certain(cycleRequest(i, 1 + random.nextInt(80), length).build(), cycle(i, length)));
    }
  }

  @AfterAll
  static void close() {
    cycling.close();
    tiny.close();
  }

  @Test
  void randomSchedules() throws Exception {
    for (long seed = 0; seed < 6; seed++) {
      schedule(cycling, scripted, seed);
      schedule(tiny, certain, seed);
    }
  }

  @Test
  @Tag("soak")
  void manyRandomSchedules() throws Exception {
    for (long seed = 0; seed < 500; seed++) {
      schedule(cycling, scripted, seed);
      schedule(tiny, certain, seed);
    }
  }

  /** All requests in random order at random moments, their consumers of random speed. */
  private static void schedule(Model model, List<Certain> requests, long seed) throws Exception {
    Random random = new Random(seed);
    int slots = 1 + random.nextInt(8);
    EngineParams params =
        params()
            .slots(slots)
            .context(
                Engines.context()
                    .contextSize(256 << random.nextInt(3))
                    .batchSize(slots + random.nextInt(200))
                    .microBatchSize(1 + random.nextInt(slots))
                    .build())
            .streamBuffer(2 + random.nextInt(8))
            .prefixCache(random.nextInt(4) > 0)
            .prefixCacheShare(random.nextDouble())
            .build();
    List<FutureTask<String>> texts = new ArrayList<>();
    try (Engine engine = Engine.open(model, params)) {
      for (Certain next : requests) {
        long consumer = random.nextLong();
        FutureTask<String> text =
            new FutureTask<>(() -> consume(engine.stream(next.request()), new Random(consumer)));
        texts.add(text);
        Thread.ofVirtual().start(text);
        pause(random);
      }
      for (int i = 0; i < texts.size(); i++) {
        assertThat(texts.get(i).get())
            .as("seed %d, stream %d, %s", seed, i, params)
            .isEqualTo(requests.get(i).text());
      }
      assertThat(engine.snapshot().kvCellsUsed()).isBetween(0, engine.contextSize());
    }
  }

  private static String consume(EngineStream stream, Random random) {
    StringBuilder text = new StringBuilder();
    boolean slow = random.nextInt(4) == 0;
    while (stream.hasNext()) {
      text.append(stream.next());
      if (slow) {
        pause(random);
      }
    }
    return text.toString();
  }

  /** Not to wait for anything: only to mix up who comes when. */
  private static void pause(Random random) {
    switch (random.nextInt(3)) {
      case 0 -> Thread.onSpinWait();
      case 1 -> LockSupport.parkNanos(random.nextInt(200_000));
      default -> {}
    }
  }

  /** What the engine computed of prompts and of paused streams. */
  private static final class Work implements EngineListener {
    private final AtomicInteger promptTokens = new AtomicInteger();
    private final AtomicInteger ended = new AtomicInteger();
    private final AtomicInteger maxCells = new AtomicInteger();
    private final AtomicReference<Engine> engine = new AtomicReference<>();

    @Override
    public void onStep(int prompts, int streams, Duration elapsed) {
      promptTokens.addAndGet(prompts);
      Engine open = engine.get();
      if (open != null) {
        maxCells.accumulateAndGet(open.snapshot().kvCellsUsed(), Math::max);
      }
    }

    @Override
    public void onEnd(StreamStats stats) {
      ended.incrementAndGet();
      assertThat(stats.finishReason()).contains(FinishReason.MAX_TOKENS);
    }
  }

  /** Four streams of 200 tokens want 800 cells, and there are 256: three of them are paused. */
  @Test
  void streamsArePausedWhereTheCacheIsTooSmall() {
    Work work = new Work();
    EngineParams params =
        params()
            .slots(4)
            .context(Engines.context().contextSize(256).build())
            .streamBuffer(256)
            .prefixCache(false)
            .listener(work)
            .build();
    try (Engine engine = Engine.open(cycling, params)) {
      work.engine.set(engine);
      List<EngineStream> streams = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        streams.add(engine.stream(cycleRequest(10 * i, 10, 190).build()));
      }
      for (int i = 0; i < 4; i++) {
        assertThat(String.join("", streams.get(i))).isEqualTo(cycle(10 * i, 190));
      }
      awaitIdle(engine);
      assertThat(work.promptTokens).as("computed again").hasValueGreaterThan(4 * 10);
      assertThat(work.maxCells).as("cells").hasValueBetween(200, 256);
      assertThat(engine.snapshot().preemptions()).isGreaterThanOrEqualTo(3);
      assertThat(engine.snapshot().kvCellsUsed()).as("without a cache of prefixes").isZero();
    }
  }

  /** The same with a model to which every cell matters. */
  @Test
  void pausedStreamsGoOnWithTheRightCells() {
    List<Certain> few = CertainRequests.make(tiny, 24, 40, 100, 2);
    EngineParams params =
        params()
            .slots(24)
            .context(Engines.context().contextSize(256).build())
            .streamBuffer(256)
            .prefixCache(false)
            .build();
    try (Engine engine = Engine.open(tiny, params)) {
      List<EngineStream> streams = few.stream().map(next -> engine.stream(next.request())).toList();
      for (int i = 0; i < few.size(); i++) {
        assertThat(String.join("", streams.get(i))).isEqualTo(few.get(i).text());
      }
    }
  }

  /** What ended streams leave makes room for new ones, the least recently used first. */
  @Test
  void keptPrefixesAreEvicted() {
    EngineParams params =
        params()
            .slots(2)
            .context(Engines.context().contextSize(256).build())
            .prefixCacheShare(1)
            .build();
    try (Engine engine = Engine.open(cycling, params)) {
      // there is room for six of them
      for (int i = 1; i <= 10; i++) {
        assertThat(cached(engine, i)).as("new").isZero();
        assertThat(cached(engine, 0)).as("used again and again").isEqualTo(i == 1 ? 0 : 40);
      }
      assertThat(engine.snapshot().kvCellsUsed()).isBetween(6 * 41, 256);
      assertThat(cached(engine, 8)).as("used lately").isEqualTo(40);
      assertThat(cached(engine, 2)).as("used long ago").isZero();
    }
  }

  /** How much of a prompt of its own, 41 tokens, is in the KV cache. */
  private static int cached(Engine engine, int prompt) {
    int[] tokens = new int[41];
    Arrays.fill(tokens, Engines.CYCLE.token(prompt));
    MeteredStream stream = engine.streamWithStats(greedy(tokens).maxTokens(1).build());
    assertThat(stream.next()).isEqualTo(Engines.piece(prompt + 1));
    awaitIdle(engine);
    return stream.stats().cachedPromptTokens();
  }
}
