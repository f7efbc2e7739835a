package dev.llamastream.springai;

import static java.util.Objects.requireNonNull;

import dev.llamastream.Embedder;
import dev.llamastream.InvalidValueException;
import dev.llamastream.Prompt;
import io.micrometer.observation.ObservationRegistry;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.ai.chat.metadata.DefaultUsage;
import org.springframework.ai.document.Document;
import org.springframework.ai.embedding.Embedding;
import org.springframework.ai.embedding.EmbeddingModel;
import org.springframework.ai.embedding.EmbeddingOptions;
import org.springframework.ai.embedding.EmbeddingRequest;
import org.springframework.ai.embedding.EmbeddingResponse;
import org.springframework.ai.embedding.EmbeddingResponseMetadata;
import org.springframework.ai.embedding.observation.DefaultEmbeddingModelObservationConvention;
import org.springframework.ai.embedding.observation.EmbeddingModelObservationContext;
import org.springframework.ai.embedding.observation.EmbeddingModelObservationConvention;
import org.springframework.ai.embedding.observation.EmbeddingModelObservationDocumentation;

/**
 * Spring AI's embedding model over an {@link Embedder}. Thread-safe: texts take turns. Closing the
 * embedder is up to its owner. Failures of the library are {@link
 * org.springframework.ai.retry.NonTransientAiException}s.
 *
 * @since 0.1.0
 */
public class LlamaEmbeddingModel implements EmbeddingModel {

  private static final EmbeddingModelObservationConvention CONVENTION =
      new DefaultEmbeddingModelObservationConvention();

  private final Embedder embedder;
  private final String name;
  private final ObservationRegistry observations;
  private final EmbeddingModelObservationConvention convention;

  LlamaEmbeddingModel(Builder builder) {
    this.embedder = builder.embedder;
    this.name = builder.name;
    this.observations = builder.observations;
    this.convention = builder.convention;
  }

  /** A builder for a model without a name. */
  public static Builder builder(Embedder embedder) {
    return new Builder(embedder);
  }

  @Override
  public int dimensions() {
    return embedder.dimensions();
  }

  @Override
  public float[] embed(Document document) {
    String text = getEmbeddingContent(document);
    if (text == null) {
      throw new InvalidValueException("document", "has no text");
    }
    return embed(text);
  }

  @Override
  public EmbeddingResponse call(EmbeddingRequest request) {
    check(request.getOptions());
    EmbeddingOptions options =
        EmbeddingOptions.builder().model(name).dimensions(dimensions()).build();
    EmbeddingModelObservationContext context =
        EmbeddingModelObservationContext.builder()
            .embeddingRequest(new EmbeddingRequest(request.getInstructions(), options))
            .provider("llamastream")
            .build();
    return EmbeddingModelObservationDocumentation.EMBEDDING_MODEL_OPERATION
        .observation(convention, CONVENTION, () -> context, observations)
        .observe(
            () -> {
              EmbeddingResponse response = embedded(request.getInstructions());
              context.setResponse(response);
              return response;
            });
  }

  private EmbeddingResponse embedded(List<String> texts) {
    try {
      List<Embedding> embeddings = new ArrayList<>();
      int tokens = 0;
      for (var one : embedder.embedAll(texts.stream().<Prompt>map(Prompt.Text::new).toList())) {
        embeddings.add(new Embedding(one.vector(), embeddings.size()));
        tokens += one.tokens();
      }
      return new EmbeddingResponse(
          embeddings, new EmbeddingResponseMetadata(name, new DefaultUsage(tokens, 0)));
    } catch (RuntimeException e) {
      throw Failures.translated(e);
    }
  }

  private void check(@Nullable EmbeddingOptions options) {
    if (options == null) {
      return;
    }
    Integer dimensions = options.getDimensions();
    if (dimensions != null && dimensions != dimensions()) {
      throw new InvalidValueException(
          "dimensions", dimensions + ", must be " + dimensions() + ", as the model has");
    }
    String model = options.getModel();
    if (model != null && !name.isEmpty() && !model.equals(name)) {
      throw new InvalidValueException(
          "model", "\"" + model + "\", must be \"" + name + "\": only this model is loaded");
    }
  }

  /** Builds {@link LlamaEmbeddingModel}. Not thread-safe. */
  public static final class Builder {
    private final Embedder embedder;
    private String name = "";
    private ObservationRegistry observations = ObservationRegistry.NOOP;
    private EmbeddingModelObservationConvention convention = CONVENTION;

    private Builder(Embedder embedder) {
      this.embedder = requireNonNull(embedder, "embedder");
    }

    /** The name under which the model is observed; requests that name another are refused. */
    public Builder name(String value) {
      name = requireNonNull(value, "name");
      return this;
    }

    /** Where each request is observed. Default nowhere. */
    public Builder observationRegistry(ObservationRegistry value) {
      observations = requireNonNull(value, "observationRegistry");
      return this;
    }

    /** How requests are named. Default Spring AI's convention, with its names {@code gen_ai.*}. */
    public Builder observationConvention(EmbeddingModelObservationConvention value) {
      convention = requireNonNull(value, "observationConvention");
      return this;
    }

    /** Builds the model. */
    public LlamaEmbeddingModel build() {
      return new LlamaEmbeddingModel(this);
    }
  }
}
