package dev.llamastream.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llamastream.ContextParams;
import dev.llamastream.engine.EngineParams;
import dev.llamastream.fixture.LogLines;
import dev.llamastream.fixture.Resident;
import dev.llamastream.fixture.Soak;
import dev.llamastream.fixture.UncaughtExceptions;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.logging.Level;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Many clients ask three models, of which two fit into memory: nothing is lost, mixed up or left
 * behind. The clients work in rounds. After each, the models are unloaded because they are idle.
 */
@Timeout(3600)
class ManyClientsTest {

  private static final List<CountingModel> MODELS =
      List.of(
          CountingModel.of("ada", 250), CountingModel.of("bob", 180), CountingModel.of("cyd", 310));

  /** The models' memory, in any unit: what counts is how many fit. */
  private static final long MODEL = 100;

  private static final long EMBEDDER = 30;
  private static final long BUDGET = 240;

  private static final String LOADS = "llamastream_model_load_seconds_count";
  private static final String UNLOADS = "llamastream_model_unloads_total";

  private final ServerMetrics metrics = new ServerMetrics();
  private final LoadCounts counts = new LoadCounts();

  @Test
  void thirtyClients() throws Exception {
    run(30, 1, Duration.ofSeconds(5), () -> {});
  }

  /** Ten minutes. */
  @Test
  @Tag("soak")
  void threeHundredClients() throws Exception {
    List<Long> resident = new ArrayList<>();
    List<Long> handles = new ArrayList<>();
    run(
        300,
        5,
        Duration.ofSeconds(Soak.scaled(120)),
        () -> {
          assertThat(MODELS).extracting(CountingModel::file).noneMatch(Resident::mapped);
          resident.add(Resident.settledKib());
          handles.add(Resident.handles());
        });
    System.out.printf("after each round: %s KiB resident, %s file handles%n", resident, handles);
    assertThat(resident.getLast() - resident.getFirst()).isLessThan(100 << 10);
    assertThat(handles.getLast()).isLessThanOrEqualTo(handles.getFirst());
  }

  /** What to do when nothing is left of a round's clients. */
  @FunctionalInterface
  private interface Settled {
    void then() throws InterruptedException;
  }

  private void run(int clients, int rounds, Duration round, Settled settled) throws Exception {
    try (LogLines log = LogLines.of("dev.llamastream.server");
        UncaughtExceptions uncaught = UncaughtExceptions.collect();
        LlamaServer server = start()) {
      HealthProbe health = HealthProbe.start(server.port());
      for (int i = 0; i < rounds; i++) {
        long seed = (long) i * clients;
        round(server.port(), clients, seed, System.nanoTime() + round.toNanos());
        awaitNothing(server);
        settled.then();
        report(i);
      }
      System.out.println(health.stop());
      assertThat(log.all())
          .filteredOn(line -> line.getLevel().intValue() >= Level.WARNING.intValue())
          .isEmpty();
      assertThat(uncaught.all()).isEmpty();
    }
    assertThat(metric("llamastream_model_load_failures_total")).isZero();
    assertThat(metrics.meters().scrape()).doesNotContain("status=\"5");
  }

  private void report(int round) {
    System.out.printf(
        Locale.ROOT, "round %d: %s, %.0f loads of models%n", round, counts, metric(LOADS));
  }

  private LlamaServer start() throws IOException {
    return LlamaServer.start(
        MODELS.stream().map(ManyClientsTest::source).toList(),
        ServerParams.builder()
            .port(0)
            .metrics(metrics)
            .memoryBudget(BUDGET)
            .idleUnload(Duration.ofSeconds(1))
            .heartbeat(Duration.ofSeconds(2))
            .maxStreams(48)
            .sendBuffer(2 << 10)
            .socketSendBuffer(4 << 10)
            .build());
  }

  private static ModelSource source(CountingModel model) {
    return ModelSource.builder(model.name(), model.file())
        .memory(MODEL)
        .embeddingMemory(EMBEDDER)
        .engineParams(
            EngineParams.builder()
                .slots(8)
                .queueCapacity(32)
                .prefixCache(hasPrefixCache(model))
                .context(ContextParams.builder().contextSize(2048).threads(1).build())
                .build())
        .build();
  }

  private static boolean hasPrefixCache(CountingModel model) {
    return model.equals(MODELS.getFirst());
  }

  private void round(int port, int clients, long seed, long deadline) throws Exception {
    List<Future<?>> running = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < clients; i++) {
        LoadClient client = new LoadClient(port, MODELS, new Random(seed + i), counts);
        running.add(
            threads.submit(
                () -> {
                  client.run(deadline);
                  return null;
                }));
      }
    }
    for (Future<?> one : running) {
      one.get();
    }
  }

  /** Waits until nothing is left of the clients. */
  private void awaitNothing(LlamaServer server) {
    TestServer.await(() -> server.inFlight().awaitNone(Duration.ZERO));
    TestServer.await(() -> metric("llamastream_streams{") == 0);
    TestServer.await(
        () ->
            MODELS.stream()
                .filter(model -> !hasPrefixCache(model))
                .allMatch(model -> metric(cellsUsed(model)) == 0));
    TestServer.await(() -> metrics.meters().webSockets().get() == 0);
    TestServer.await(() -> metrics.meters().connections().get() == 1); // the probe's
    TestServer.await(() -> metric(UNLOADS) == metric(LOADS));
  }

  private static String cellsUsed(CountingModel model) {
    return "vllm:kv_cache_usage_perc{model_name=\"" + model.name() + "\"}";
  }

  /** The sum of the metrics whose names begin like this. */
  private double metric(String beginning) {
    return metrics
        .meters()
        .scrape()
        .lines()
        .filter(line -> line.startsWith(beginning))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }
}
