package dev.llamastream.langchain4j;

import static java.util.Objects.requireNonNull;

import dev.langchain4j.data.embedding.Embedding;
import dev.langchain4j.model.ModelProvider;
import dev.langchain4j.model.embedding.EmbeddingModel;
import dev.langchain4j.model.embedding.listener.EmbeddingModelListener;
import dev.langchain4j.model.embedding.request.EmbeddingRequest;
import dev.langchain4j.model.embedding.response.EmbeddingResponse;
import dev.langchain4j.model.output.TokenUsage;
import dev.llamastream.Embedder;
import dev.llamastream.Prompt;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * LangChain4j's embedding model over an {@link Embedder}, which it does not close. Thread-safe:
 * texts from several threads take turns.
 *
 * <p>Throws LangChain4j's exceptions: {@link dev.langchain4j.exception.UnsupportedFeatureException}
 * for images, other dimensions or an input type; {@link
 * dev.langchain4j.exception.InvalidRequestException} for a text without tokens or with too many;
 * and as {@link LlamaChatModel} if the embedder fails, is closed or is interrupted.
 *
 * @since 0.1.0
 */
public final class LlamaEmbeddingModel implements EmbeddingModel {

  private final Embedder embedder;
  private final String modelName;
  private final List<EmbeddingModelListener> listeners;

  private LlamaEmbeddingModel(
      Embedder embedder, String modelName, List<EmbeddingModelListener> listeners) {
    this.embedder = embedder;
    this.modelName = modelName;
    this.listeners = listeners;
  }

  /** A builder without an embedder. */
  public static Builder builder() {
    return new Builder();
  }

  /** The model over an embedder, with all defaults. */
  public static LlamaEmbeddingModel of(Embedder embedder) {
    return builder().embedder(embedder).build();
  }

  @Override
  public EmbeddingResponse doEmbed(EmbeddingRequest request) {
    List<Prompt> texts =
        request.inputs().stream().<Prompt>map(input -> new Prompt.Text(input.text())).toList();
    try {
      var all = embedder.embedAll(texts);
      return EmbeddingResponse.builder()
          .embeddings(all.stream().map(one -> Embedding.from(one.vector())).toList())
          .modelName(modelName)
          .tokenUsage(new TokenUsage(all.stream().mapToInt(one -> one.tokens()).sum()))
          .build();
    } catch (RuntimeException e) {
      throw Failures.of(e);
    }
  }

  @Override
  public int dimension() {
    return embedder.dimensions();
  }

  @Override
  public String modelName() {
    return modelName;
  }

  @Override
  public List<EmbeddingModelListener> listeners() {
    return listeners;
  }

  @Override
  public ModelProvider provider() {
    return ModelProvider.OTHER;
  }

  /** Builds {@link LlamaEmbeddingModel}. Not thread-safe. */
  public static final class Builder {
    private @Nullable Embedder embedder;
    private String modelName = "llamastream";
    private List<EmbeddingModelListener> listeners = List.of();

    private Builder() {}

    /** What embeds. Required. */
    public Builder embedder(Embedder value) {
      embedder = requireNonNull(value, "embedder");
      return this;
    }

    /** The name of the model for the metadata. Default {@code llamastream}. */
    public Builder modelName(String value) {
      modelName = requireNonNull(value, "modelName");
      return this;
    }

    /** The listeners of requests, results and errors. */
    public Builder listeners(List<EmbeddingModelListener> value) {
      listeners = List.copyOf(value);
      return this;
    }

    /** The listeners of requests, results and errors. */
    public Builder listeners(EmbeddingModelListener... values) {
      return listeners(List.of(values));
    }

    /** Builds the model. */
    public LlamaEmbeddingModel build() {
      if (embedder == null) {
        throw new IllegalArgumentException("embedder: not set");
      }
      return new LlamaEmbeddingModel(embedder, modelName, listeners);
    }
  }
}
