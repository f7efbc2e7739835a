package dev.llamastream.internal.ffm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.llamastream.Context;
import dev.llamastream.ContextCreationException;
import dev.llamastream.ContextParams;
import dev.llamastream.Embedder;
import dev.llamastream.Model;
import dev.llamastream.ModelParams;
import dev.llamastream.engine.Engine;
import dev.llamastream.engine.EngineParams;
import dev.llamastream.fixture.ByteVocabulary;
import dev.llamastream.fixture.GgufWriter;
import dev.llamastream.fixture.Prompts;
import dev.llamastream.fixture.TinyEncoder;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ModelKindTest {

  @TempDir private Path directory;

  @ParameterizedTest
  @CsvSource({
    "llama, true, GENERATOR",
    "llama, false, ENCODER",
    "mamba, true, GENERATOR",
    "gemma3, true, GENERATOR",
    "bert, true, ENCODER",
    "modern-bert, true, ENCODER",
    "jina-bert-v3, true, ENCODER",
    "gemma-embedding, true, ENCODER",
    "t5, true, ENCODER_DECODER",
    "t5encoder, true, ENCODER_DECODER",
    "eagle3, true, ENCODER_DECODER",
    "dream, true, DIFFUSION",
    "llada, false, DIFFUSION",
    "rnd1, true, DIFFUSION",
  })
  void anArchitecture(String name, boolean causal, ModelKind expected) {
    ByteVocabulary vocabulary = new ByteVocabulary();
    GgufWriter gguf =
        new GgufWriter()
            .put("general.architecture", name)
            .put(name + ".context_length", 64)
            .put(name + ".embedding_length", 64)
            .put(name + ".block_count", 1)
            .put(name + ".attention.causal", causal);
    vocabulary.writeTo(gguf);
    Path path = gguf.write(directory.resolve("model.gguf"));
    ModelParams vocabOnly = ModelParams.builder().vocabOnly(true).build();
    ModelHandle model =
        ModelHandle.load(path, vocabOnly, new ModelFacts(Set.of(), false, Prompts.KEY, List.of()));
    try {
      assertThat(model.kind()).isEqualTo(ModelKind.VOCABULARY);
      assertThat(ModelKind.of(model.segment(), false, model.metadata())).isEqualTo(expected);
    } finally {
      model.close();
    }
  }

  @Test
  void anEncoderEmbedsAndGeneratesNothing() {
    try (Model model = Model.load(new TinyEncoder(64, 1).path())) {
      assertThat(model.info().canGenerate()).isFalse();
      refused(() -> new Context(model, ContextParams.defaults()));
      refused(() -> Engine.open(model, EngineParams.builder().slots(8).build()));
      try (Embedder embedder = Embedder.open(model)) {
        assertThat(embedder.embed("text")).hasSize(TinyEncoder.EMBEDDING);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"ENCODER_DECODER", "DIFFUSION", "VOCABULARY"})
  void whatCannotGenerateCannotEmbedEither(ModelKind kind) {
    assertThat(kind.generates()).isFalse();
    assertThat(kind.embeds()).isFalse();
  }

  private static void refused(Runnable opening) {
    assertThatExceptionOfType(ContextCreationException.class)
        .isThrownBy(opening::run)
        .withMessageStartingWith("cannot generate text: this model is an encoder");
  }
}
