package dev.llamastream.langchain4j;

import dev.langchain4j.model.embedding.EmbeddingModel;
import dev.langchain4j.model.embedding.common.AbstractEmbeddingModelIT;
import dev.langchain4j.model.embedding.listener.EmbeddingModelListener;
import dev.llamastream.Embedder;
import dev.llamastream.Model;
import dev.llamastream.fixture.TinyEncoder;
import java.util.List;
import org.junit.jupiter.api.AfterAll;

/** LangChain4j's own tests of an embedding model. See {@link NotTried}. */
class EmbeddingModelTest extends AbstractEmbeddingModelIT {

  private final Model model = Model.load(new TinyEncoder(512, 1).path());
  private final Embedder embedder = Embedder.open(model);

  @AfterAll
  void close() {
    embedder.close();
    model.close();
  }

  @Override
  protected List<EmbeddingModel> models() {
    return List.of(LlamaEmbeddingModel.of(embedder));
  }

  @Override
  protected EmbeddingModel modelWith(EmbeddingModelListener listener) {
    return LlamaEmbeddingModel.builder().embedder(embedder).listeners(listener).build();
  }

  @Override
  protected EmbeddingModel failingModelWith(EmbeddingModelListener listener) {
    Embedder closed = Embedder.open(model);
    closed.close();
    return LlamaEmbeddingModel.builder().embedder(closed).listeners(listener).build();
  }

  @Override
  protected boolean supportsInputTypeParameter() {
    return false;
  }

  @Override
  protected boolean supportsDimensionsParameter() {
    return false;
  }

  @Override
  protected boolean supportsImageInput() {
    return false;
  }
}
