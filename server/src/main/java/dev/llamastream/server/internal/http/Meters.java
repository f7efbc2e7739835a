package dev.llamastream.server.internal.http;

import dev.llamastream.StreamStats;
import dev.llamastream.engine.EngineListener;
import dev.llamastream.engine.EngineSnapshot;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Timer;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/** All metrics of the server. Thread-safe. */
public final class Meters implements EngineListener {

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final Counter promptTokens = tokens("prompt");
  private final Counter generatedTokens = tokens("generated");
  private final Counter embeddedTokens = tokens("embedded");
  private final Counter rejected =
      Counter.builder("llamastream.rejected")
          .description("Requests that a full queue refused")
          .register(registry);
  private final Timer queueWait =
      histogram("llamastream.queue.wait", "From a request to the start of its stream", 60_000);
  private final Timer timeToFirstToken =
      histogram(
          "llamastream.time.to.first.token",
          "From a request to its first text, queue included",
          60_000);
  private final Timer interToken =
      histogram("llamastream.inter.token", "Between two tokens of a running stream", 10_000);
  private final GatewayMeters gateway = new GatewayMeters();
  private final AtomicInteger connections = new AtomicInteger();
  private final AtomicInteger webSockets = new AtomicInteger();

  // the registry keeps weak references
  private final List<Supplier<EngineSnapshot>> watched = new CopyOnWriteArrayList<>();

  /** Creates metrics that start at zero. */
  public Meters() {
    Gauge.builder("llamastream.connections", connections, AtomicInteger::get)
        .description("Open connections")
        .register(registry);
    Gauge.builder("llamastream.websockets", webSockets, AtomicInteger::get)
        .description("Open WebSockets")
        .register(registry);
  }

  private Counter tokens(String kind) {
    return Counter.builder("llamastream.tokens")
        .description("Tokens that the model computed")
        .tag("kind", kind)
        .register(registry);
  }

  private Timer histogram(String name, String description, long maxMillis) {
    return Timer.builder(name)
        .description(description)
        .publishPercentileHistogram()
        .minimumExpectedValue(Duration.ofMillis(1))
        .maximumExpectedValue(Duration.ofMillis(maxMillis))
        .register(registry);
  }

  /** Also reports the state of the only engine, whose model has this name. */
  public void watch(String model, Supplier<EngineSnapshot> engine) {
    watch(engine);
    gateway.show(registry, model, engine);
  }

  /** Also reports the state of what is in an engine, or in several together. */
  public void watch(Supplier<EngineSnapshot> engine) {
    watched.add(engine);
    streams(engine, "running", EngineSnapshot::running);
    streams(engine, "waiting", EngineSnapshot::waiting);
    streams(engine, "parked", EngineSnapshot::parked);
    gauge(
        engine, "llamastream.kv.cells.used", "Tokens in the KV cache", EngineSnapshot::kvCellsUsed);
    gauge(
        engine,
        "llamastream.kv.cells.size",
        "Tokens that the KV cache can hold",
        EngineSnapshot::kvCells);
    gauge(
        engine,
        "llamastream.tokens.per.second",
        "Tokens generated per second over the last 10 seconds",
        EngineSnapshot::tokensPerSecond);
    gauge(
        engine,
        "llamastream.prefix.store.bytes",
        "Size of the files in the prefix store",
        EngineSnapshot::prefixStoreBytes);
    count(
        engine,
        "llamastream.prefix.store.tokens",
        "Prompt tokens loaded from the prefix store instead of computed",
        EngineSnapshot::storedTokensLoaded);
    count(
        engine,
        "llamastream.prefix.store.dropped",
        "Prefixes that were not stored, because the disk was too slow or failed",
        EngineSnapshot::prefixesNotStored);
  }

  private void count(
      Supplier<EngineSnapshot> engine,
      String name,
      String description,
      ToDoubleFunction<EngineSnapshot> value) {
    FunctionCounter.builder(name, engine, e -> value.applyAsDouble(e.get()))
        .description(description)
        .register(registry);
  }

  private void streams(
      Supplier<EngineSnapshot> engine, String state, ToDoubleFunction<EngineSnapshot> value) {
    Gauge.builder("llamastream.streams", engine, e -> value.applyAsDouble(e.get()))
        .description("Streams by what they do")
        .tag("state", state)
        .register(registry);
  }

  private void gauge(
      Supplier<EngineSnapshot> engine,
      String name,
      String description,
      ToDoubleFunction<EngineSnapshot> value) {
    Gauge.builder(name, engine, e -> value.applyAsDouble(e.get()))
        .description(description)
        .register(registry);
  }

  @Override
  public void onRejected() {
    rejected.increment();
  }

  @Override
  public void onBegin(Duration waited) {
    queueWait.record(waited);
  }

  @Override
  public void onStep(int prompt, int streams, Duration elapsed) {
    promptTokens.increment(prompt);
    for (int i = 0; i < streams; i++) {
      interToken.record(elapsed);
    }
  }

  @Override
  public void onEnd(StreamStats stats) {
    generatedTokens.increment(stats.generatedTokens());
    gateway.onEnd(stats);
  }

  /** Records that a text of this many tokens has been embedded. */
  public void embedded(int tokens) {
    embeddedTokens.increment(tokens);
  }

  /** The number of tokens embedded so far. */
  public double embedded() {
    return embeddedTokens.count();
  }

  /** Records the time from a stream's request to its first text. */
  public void firstToken(Duration waited) {
    timeToFirstToken.record(waited);
  }

  /** The metrics of one model of several; they have its name as a label. */
  public ModelMeters model(String name) {
    return new ModelMeters(registry, name);
  }

  /** Records a response. */
  public void request(String route, int status) {
    registry
        .counter("llamastream.requests", "route", route, "status", Integer.toString(status))
        .increment();
  }

  /** The number of open connections. */
  public AtomicInteger connections() {
    return connections;
  }

  /** The number of open WebSockets. */
  public AtomicInteger webSockets() {
    return webSockets;
  }

  /** All metrics in the text format of Prometheus. */
  public String scrape() {
    return registry.scrape();
  }
}
