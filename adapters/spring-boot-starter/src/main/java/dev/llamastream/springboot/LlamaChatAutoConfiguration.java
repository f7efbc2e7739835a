package dev.llamastream.springboot;

import static dev.llamastream.springboot.BadPropertyException.naming;

import dev.llamastream.Model;
import dev.llamastream.engine.Engine;
import dev.llamastream.springai.LlamaChatModel;
import io.micrometer.observation.ObservationRegistry;
import java.time.Duration;
import org.springframework.ai.chat.observation.ChatModelObservationConvention;
import org.springframework.ai.model.SpringAIModelProperties;
import org.springframework.ai.model.tool.ToolCallingManager;
import org.springframework.ai.model.tool.autoconfigure.ToolCallingAutoConfiguration;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;

/**
 * Loads the chat model, opens the engine and makes them Spring AI's {@link
 * org.springframework.ai.chat.model.ChatModel}. A bean of the application takes the place of any of
 * the three.
 *
 * @since 0.1.0
 */
@AutoConfiguration(after = ToolCallingAutoConfiguration.class)
@ConditionalOnProperty(
    name = SpringAIModelProperties.CHAT_MODEL,
    havingValue = LlamaChatAutoConfiguration.NAME,
    matchIfMissing = true)
@EnableConfigurationProperties(LlamaProperties.class)
public final class LlamaChatAutoConfiguration {

  static final String NAME = "llamastream";

  private static final Duration SPRINGS_DEFAULT = Duration.ofSeconds(30);

  LlamaChatAutoConfiguration() {}

  @Bean
  @ConditionalOnMissingBean({Model.class, Engine.class, LlamaChatModel.class})
  Model llamaModel(LlamaProperties properties) {
    return naming(
        LlamaProperties.PREFIX,
        () ->
            ModelFile.load(
                LlamaProperties.PREFIX + ".model", properties.model(), properties.modelParams()));
  }

  @Bean
  @ConditionalOnMissingBean({Engine.class, LlamaChatModel.class})
  Engine llamaEngine(Model model, LlamaProperties properties) {
    return naming(LlamaProperties.PREFIX, () -> Engine.open(model, properties.engineParams()));
  }

  @Bean
  @ConditionalOnMissingBean
  LlamaChatModel llamaChatModel(
      Engine engine,
      ObjectProvider<Model> model,
      LlamaProperties properties,
      ObjectProvider<ToolCallingManager> tools,
      ObjectProvider<ObservationRegistry> observations,
      ObjectProvider<ChatModelObservationConvention> convention) {
    Model loaded = model.getIfUnique();
    LlamaChatModel.Builder builder = LlamaChatModel.builder(engine);
    builder.options(properties.chat().options(loaded == null ? null : ModelFile.name(loaded)));
    tools.ifUnique(builder::toolCallingManager);
    observations.ifUnique(builder::observationRegistry);
    convention.ifAvailable(builder::observationConvention);
    return naming(LlamaProperties.PREFIX + ".chat", builder::build);
  }

  @Bean
  @ConditionalOnBean(Engine.class)
  @ConditionalOnMissingBean
  EngineShutdown llamaEngineShutdown(
      Engine engine,
      LlamaProperties properties,
      Environment environment,
      ApplicationContext context) {
    Duration timeout = properties.shutdownTimeout();
    if (timeout == null) {
      // a little less, so that a web server sees its answers end within its own time
      timeout =
          Binder.get(environment)
              .bind("spring.lifecycle.timeout-per-shutdown-phase", Duration.class)
              .orElse(SPRINGS_DEFAULT)
              .multipliedBy(9)
              .dividedBy(10);
    }
    return new EngineShutdown(engine, timeout, context);
  }
}
