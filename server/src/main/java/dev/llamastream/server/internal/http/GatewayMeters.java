package dev.llamastream.server.internal.http;

import dev.llamastream.StreamStats;
import dev.llamastream.engine.EngineListener;
import dev.llamastream.engine.EngineSnapshot;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/**
 * What gateways read to choose one of several servers, under the names of vLLM. Thread-safe.
 *
 * @see <a href="https://docs.vllm.ai/en/stable/usage/metrics/">vLLM's metrics</a>
 */
final class GatewayMeters implements EngineListener {

  private final AtomicLong promptTokens = new AtomicLong();
  private final AtomicLong cachedTokens = new AtomicLong();

  /** Shows them for a model. */
  void show(MeterRegistry registry, String model, Supplier<EngineSnapshot> engine) {
    Named named = new Named(registry, model, engine);
    named.gauge("vllm:num_requests_running", "Streams that are decoded", EngineSnapshot::running);
    named.gauge(
        "vllm:num_requests_waiting", "Requests that wait to be decoded", EngineSnapshot::waiting);
    named.gauge("vllm:kv_cache_usage_perc", "Used part of the KV cache, 0 to 1", Named::usage);
    named.count(
        "vllm:num_preemptions",
        "Streams that lost their place in the KV cache",
        EngineSnapshot::preemptions);
    named.count("vllm:prefix_cache_queries", "Tokens of prompts", _ -> promptTokens.get());
    named.count(
        "vllm:prefix_cache_hits",
        "Tokens of prompts that were in the KV cache",
        _ -> cachedTokens.get());
  }

  @Override
  public void onEnd(StreamStats stats) {
    promptTokens.addAndGet(stats.promptTokens());
    cachedTokens.addAndGet(stats.cachedPromptTokens());
  }

  private record Named(MeterRegistry registry, String model, Supplier<EngineSnapshot> engine) {

    static double usage(EngineSnapshot now) {
      return now.kvCells() == 0 ? 0 : (double) now.kvCellsUsed() / now.kvCells();
    }

    void gauge(String name, String description, ToDoubleFunction<EngineSnapshot> value) {
      Gauge.builder(name, () -> value.applyAsDouble(engine.get()))
          .description(description)
          .tag("model_name", model)
          .register(registry);
    }

    void count(String name, String description, ToDoubleFunction<EngineSnapshot> value) {
      // the gauges keep the engine, to which this is a weak reference
      FunctionCounter.builder(name, engine, now -> value.applyAsDouble(now.get()))
          .description(description)
          .tag("model_name", model)
          .register(registry);
    }
  }
}
