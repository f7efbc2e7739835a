package dev.llamastream.springboot;

import static dev.llamastream.springboot.BadPropertyException.naming;

import dev.llamastream.Embedder;
import dev.llamastream.Model;
import dev.llamastream.springai.LlamaEmbeddingModel;
import io.micrometer.observation.ObservationRegistry;
import org.springframework.ai.embedding.observation.EmbeddingModelObservationConvention;
import org.springframework.ai.model.SpringAIModelProperties;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.AnyNestedCondition;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;

/**
 * Loads the embedding model, if one is named, and makes it Spring AI's {@link
 * org.springframework.ai.embedding.EmbeddingModel}. A bean of the application takes its place.
 *
 * @since 0.1.0
 */
@AutoConfiguration
@ConditionalOnProperty(
    name = SpringAIModelProperties.EMBEDDING_MODEL,
    havingValue = LlamaChatAutoConfiguration.NAME,
    matchIfMissing = true)
@EnableConfigurationProperties(LlamaProperties.class)
public final class LlamaEmbeddingAutoConfiguration {

  LlamaEmbeddingAutoConfiguration() {}

  /** The loaded file: no bean of type {@link Model}, of which there is one for the chat. */
  record Loaded(Model model) implements AutoCloseable {
    @Override
    public void close() {
      model.close();
    }
  }

  @Bean
  @Conditional(OnModel.class)
  @ConditionalOnMissingBean({Embedder.class, LlamaEmbeddingModel.class})
  Loaded llamaEmbeddingFile(LlamaProperties properties) {
    return new Loaded(
        naming(
            LlamaProperties.PREFIX,
            () ->
                ModelFile.load(
                    LlamaProperties.PREFIX + ".embedding.model",
                    properties.embedding().model(),
                    properties.modelParams())));
  }

  @Bean
  @ConditionalOnBean(Loaded.class)
  @ConditionalOnMissingBean
  Embedder llamaEmbedder(Loaded file, LlamaProperties properties) {
    return naming(
        LlamaProperties.PREFIX + ".embedding",
        () -> Embedder.open(file.model(), properties.embedding().params()));
  }

  @Bean
  @ConditionalOnBean(Embedder.class)
  @ConditionalOnMissingBean
  LlamaEmbeddingModel llamaEmbeddingModel(
      Embedder embedder,
      ObjectProvider<Loaded> file,
      ObjectProvider<ObservationRegistry> observations,
      ObjectProvider<EmbeddingModelObservationConvention> convention) {
    LlamaEmbeddingModel.Builder builder = LlamaEmbeddingModel.builder(embedder);
    file.ifAvailable(loaded -> builder.name(ModelFile.name(loaded.model())));
    observations.ifUnique(builder::observationRegistry);
    convention.ifAvailable(builder::observationConvention);
    return builder.build();
  }

  /** The application says that it wants this model, in one way or the other. */
  static final class OnModel extends AnyNestedCondition {
    OnModel() {
      super(ConfigurationPhase.REGISTER_BEAN);
    }

    @ConditionalOnProperty(LlamaProperties.PREFIX + ".embedding.model")
    static final class Named {}

    @ConditionalOnProperty(
        name = SpringAIModelProperties.EMBEDDING_MODEL,
        havingValue = LlamaChatAutoConfiguration.NAME)
    static final class Chosen {}
  }
}
