package dev.llamastream.server.internal.http;

import dev.llamastream.StreamStats;
import dev.llamastream.engine.EngineListener;
import dev.llamastream.engine.EngineSnapshot;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** The metrics of one model of several. Thread-safe. */
public final class ModelMeters implements EngineListener {

  private final MeterRegistry registry;
  private final String model;
  private final Counter promptTokens;
  private final Counter generatedTokens;
  private final Counter unloads;
  private final Counter failures;
  private final Timer loads;
  private final GatewayMeters gateway = new GatewayMeters();

  ModelMeters(MeterRegistry registry, String model) {
    this.registry = registry;
    this.model = model;
    promptTokens = tokens("prompt");
    generatedTokens = tokens("generated");
    unloads = counter("llamastream.model.unloads", "Unloads of the model");
    failures = counter("llamastream.model.load.failures", "Loads of the model that failed");
    loads =
        Timer.builder("llamastream.model.load")
            .description("Loads of the model")
            .tag("model", model)
            .register(registry);
  }

  private Counter counter(String name, String description) {
    return Counter.builder(name).description(description).tag("model", model).register(registry);
  }

  private Counter tokens(String kind) {
    return Counter.builder("llamastream.model.tokens")
        .description("Tokens that the model computed")
        .tag("model", model)
        .tag("kind", kind)
        .register(registry);
  }

  /**
   * Also reports the state of the model.
   *
   * @param engine what its engine does; zeros while it is not loaded
   * @param memory the bytes that it takes; 0 while it is not loaded
   * @param waiting how many requests wait until it is loaded
   */
  public void watch(Supplier<EngineSnapshot> engine, LongSupplier memory, LongSupplier waiting) {
    streams("running", () -> engine.get().running());
    streams("waiting", () -> engine.get().waiting());
    streams("parked", () -> engine.get().parked());
    gateway.show(registry, model, engine);
    gauge("llamastream.model.memory", "Bytes that the model takes, estimated", memory);
    gauge("llamastream.model.requests.waiting", "Requests that wait for the model's load", waiting);
  }

  private void streams(String state, LongSupplier value) {
    Gauge.builder("llamastream.model.streams", value, LongSupplier::getAsLong)
        .description("Streams by what they do")
        .tag("model", model)
        .tag("state", state)
        .strongReference(true)
        .register(registry);
  }

  private void gauge(String name, String description, LongSupplier value) {
    Gauge.builder(name, value, LongSupplier::getAsLong)
        .description(description)
        .tag("model", model)
        .strongReference(true)
        .register(registry);
  }

  @Override
  public void onStep(int prompt, int streams, Duration elapsed) {
    promptTokens.increment(prompt);
  }

  @Override
  public void onEnd(StreamStats stats) {
    generatedTokens.increment(stats.generatedTokens());
    gateway.onEnd(stats);
  }

  /** The model was loaded. */
  public void loaded(Duration took) {
    loads.record(took);
  }

  /** A load has failed. */
  public void failed() {
    failures.increment();
  }

  /** The model was unloaded. */
  public void unloaded() {
    unloads.increment();
  }
}
