package dev.llamastream.springboot;

import dev.llamastream.engine.Engine;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.function.ToDoubleFunction;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/**
 * Gauges of the engine, if there is one: {@code llamastream.streams.*}, {@code llamastream.kv.*}
 * and {@code llamastream.tokens.rate}.
 *
 * @since 0.1.0
 */
@AutoConfiguration(after = LlamaChatAutoConfiguration.class)
@ConditionalOnClass(MeterBinder.class)
@ConditionalOnBean(Engine.class)
public final class LlamaMetricsAutoConfiguration {

  LlamaMetricsAutoConfiguration() {}

  @Bean
  @ConditionalOnMissingBean(name = "llamastreamMetrics")
  MeterBinder llamastreamMetrics(Engine engine) {
    return meters -> {
      gauge(meters, engine, "llamastream.streams.running", now -> now.snapshot().running());
      gauge(meters, engine, "llamastream.streams.waiting", now -> now.snapshot().waiting());
      gauge(meters, engine, "llamastream.streams.parked", now -> now.snapshot().parked());
      gauge(meters, engine, "llamastream.kv.used", now -> now.snapshot().kvCellsUsed());
      gauge(meters, engine, "llamastream.kv.size", now -> now.snapshot().kvCells());
      gauge(meters, engine, "llamastream.tokens.rate", now -> now.snapshot().tokensPerSecond());
    };
  }

  private static void gauge(
      MeterRegistry meters, Engine engine, String name, ToDoubleFunction<Engine> value) {
    Gauge.builder(name, engine, value).register(meters);
  }
}
