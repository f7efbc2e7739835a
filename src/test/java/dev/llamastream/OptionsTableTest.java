package dev.llamastream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llamastream.chat.ChatMessage;
import dev.llamastream.chat.ChatRequest;
import dev.llamastream.engine.EngineParams;
import dev.llamastream.fixture.OptionsTable;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The tables of docs/options.md have every option, with the default that the code has. */
class OptionsTableTest {

  private static void agrees(Object builder) {
    assertThat(OptionsTable.documented(Path.of("docs", "options.md"), builder))
        .containsExactlyInAnyOrderEntriesOf(OptionsTable.actual(builder));
  }

  @Test
  void model() {
    agrees(ModelParams.builder());
  }

  @Test
  void quantize() {
    agrees(QuantizeParams.builder());
  }

  @Test
  void context() {
    agrees(ContextParams.builder());
  }

  @Test
  void engine() {
    agrees(EngineParams.builder());
  }

  @Test
  void embedder() {
    agrees(EmbedderParams.builder());
  }

  @Test
  void reranker() {
    agrees(RerankerParams.builder());
  }

  @Test
  void sampler() {
    agrees(SamplerParams.builder());
  }

  @Test
  void request() {
    agrees(GenerationRequest.builder("x"));
  }

  @Test
  void chat() {
    agrees(ChatRequest.builder(ChatMessage.user("x")));
  }
}
