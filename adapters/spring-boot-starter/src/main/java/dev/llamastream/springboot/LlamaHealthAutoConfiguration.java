package dev.llamastream.springboot;

import dev.llamastream.engine.Engine;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.context.annotation.Bean;

/**
 * Tells the application's health endpoint how the engine is, if there is one: {@code llamastream}.
 *
 * @since 0.1.0
 */
@AutoConfiguration(after = LlamaChatAutoConfiguration.class)
@ConditionalOnClass(ConditionalOnEnabledHealthIndicator.class)
@ConditionalOnBean(Engine.class)
@ConditionalOnEnabledHealthIndicator(LlamaChatAutoConfiguration.NAME)
public final class LlamaHealthAutoConfiguration {

  LlamaHealthAutoConfiguration() {}

  @Bean
  @ConditionalOnMissingBean(name = "llamastreamHealthIndicator")
  EngineHealth llamastreamHealthIndicator(Engine engine) {
    return new EngineHealth(engine);
  }
}
