package dev.llamastream.springai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import dev.llamastream.Embedder;
import dev.llamastream.InvalidValueException;
import dev.llamastream.Model;
import dev.llamastream.fixture.TinyEncoder;
import io.micrometer.observation.tck.TestObservationRegistry;
import io.micrometer.observation.tck.TestObservationRegistryAssert;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.ai.document.Document;
import org.springframework.ai.embedding.EmbeddingOptions;
import org.springframework.ai.embedding.EmbeddingRequest;
import org.springframework.ai.embedding.EmbeddingResponse;
import org.springframework.ai.retry.NonTransientAiException;

class LlamaEmbeddingModelTest {

  private static Model model;
  private static Embedder embedder;

  private final TestObservationRegistry registry = TestObservationRegistry.create();
  private final LlamaEmbeddingModel embedding =
      LlamaEmbeddingModel.builder(embedder).name("tiny").observationRegistry(registry).build();

  @BeforeAll
  static void load() {
    model = Model.load(new TinyEncoder(64, 1).path());
    embedder = Embedder.open(model);
  }

  @AfterAll
  static void close() {
    model.close();
    embedder.close();
  }

  @Test
  void textsBecomeVectors() {
    EmbeddingResponse response = embedding.embedForResponse(List.of("a", "bc"));

    assertThat(response.getResults()).extracting(each -> each.getIndex()).containsExactly(0, 1);
    // the last digits depend on the other texts of the batch
    assertThat(response.getResults().get(1).getOutput())
        .containsExactly(embedder.embed("bc"), within(1e-3f));
    assertThat(response.getMetadata().getModel()).isEqualTo("tiny");
    assertThat(response.getMetadata().getUsage().getPromptTokens())
        .isEqualTo(embedder.countTokens("a") + embedder.countTokens("bc"));
    TestObservationRegistryAssert.assertThat(registry)
        .hasObservationWithNameEqualTo("gen_ai.client.operation")
        .that()
        .hasContextualNameEqualTo("embedding tiny")
        .hasBeenStopped();
  }

  @Test
  void documentsBecomeVectors() {
    assertThat(embedding.embed(new Document("bc"))).isEqualTo(embedder.embed("bc"));
    assertThat(embedding.dimensions()).isEqualTo(TinyEncoder.EMBEDDING);
  }

  @Test
  void optionsThatCannotBeHonouredAreNamed() {
    assertRefused(
        EmbeddingOptions.builder().dimensions(3).build(),
        "dimensions: 3, must be 64, as the model has");
    assertRefused(
        EmbeddingOptions.builder().model("other").build(),
        "model: \"other\", must be \"tiny\": only this model is loaded");
  }

  private void assertRefused(EmbeddingOptions options, String message) {
    EmbeddingRequest request = new EmbeddingRequest(List.of("a"), options);
    assertThatExceptionOfType(InvalidValueException.class)
        .isThrownBy(() -> embedding.call(request))
        .withMessage(message);
  }

  @Test
  void aLongTextIsRefused() {
    assertThatExceptionOfType(NonTransientAiException.class)
        .isThrownBy(() -> embedding.embed("a".repeat(100)));
  }
}
