package dev.llamastream;

import static dev.llamastream.TestStreams.open;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.llamastream.engine.Engine;
import dev.llamastream.engine.EngineParams;
import dev.llamastream.fixture.TinyGpt2;
import java.util.Collections;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A model that looks its positions up in a table: beyond its end the process would end. */
class LearnedPositionsTest {

  @ParameterizedTest
  @CsvSource({"512, 513", "512, 4096", "512, 2147483391", "700, 600", "700, 0", "200, 100"})
  void contextsWithMorePositionsAreRefused(int learned, int contextSize) {
    try (Model model = Model.load(new TinyGpt2(learned).path())) {
      assertThatExceptionOfType(ContextCreationException.class)
          .isThrownBy(() -> open(model, contextSize))
          .withMessageContainingAll("contextSize", "positions");
    }
  }

  @Test
  void anEngineLimitsEachStream() {
    try (Model model = Model.load(new TinyGpt2(300).path());
        Engine engine =
            Engine.open(
                model,
                EngineParams.builder()
                    .slots(4)
                    .context(ContextParams.builder().contextSize(4096).build())
                    .build())) {
      assertThat(engine.generateAll(Collections.nCopies(8, request()))).hasSize(8);
      MeteredStream stream = engine.streamWithStats(request());
      stream.forEachRemaining(piece -> {});
      assertThat(stream.stats().promptTokens() + stream.stats().generatedTokens())
          .isLessThanOrEqualTo(301); // the last token has no position
      assertThatExceptionOfType(PromptTooLongException.class)
          .isThrownBy(() -> engine.generate("x".repeat(400)));
    }
  }

  @Test
  void anEngineWithAPartForEachSlotIsNot() {
    try (Model model = Model.load(new TinyGpt2(512).path())) {
      EngineParams params =
          EngineParams.builder()
              .slots(4)
              .context(ContextParams.builder().contextSize(2048).build())
              .maxTokensPerStream(512)
              .build();
      try (Engine engine = Engine.open(model, params)) {
        assertThat(engine.generateAll(Collections.nCopies(8, request()))).hasSize(8);
      }
    }
  }

  private static GenerationRequest request() {
    return GenerationRequest.builder("x").maxTokens(10_000).build();
  }

  @ParameterizedTest
  @CsvSource({"512, 512", "512, 300", "512, 0", "700, 512"})
  void allLearnedPositionsCanBeUsed(int learned, int contextSize) {
    try (Model model = Model.load(new TinyGpt2(learned).path());
        Context context = open(model, contextSize)) {
      TokenStream stream = context.generateStream(request());
      stream.forEachRemaining(piece -> {});
      assertThat(context.contextSize()).isEqualTo(512);
      assertThat(stream.finishReason()).isPresent();
    }
  }
}
