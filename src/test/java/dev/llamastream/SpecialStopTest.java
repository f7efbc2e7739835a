package dev.llamastream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llamastream.engine.Engine;
import dev.llamastream.engine.EngineParams;
import dev.llamastream.fixture.TinyModel;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Stop sequences that are tokens without a text of their own. */
class SpecialStopTest {

  private static final TinyModel TINY = TinyModel.defaults().withText(TinyModel.Text.PRINTABLE);

  @Test
  void aSpecialTokenStopsInAContext() {
    try (Model model = Model.load(TINY.path());
        Context context = new Context(model, ContextParams.builder().contextSize(256).build())) {
      assertStops(model, context);
    }
  }

  @Test
  void aSpecialTokenStopsInAnEngine() {
    try (Model model = Model.load(TINY.path());
        Engine engine =
            Engine.open(
                model,
                EngineParams.builder()
                    .slots(2)
                    .context(ContextParams.builder().contextSize(512).build())
                    .build())) {
      assertStops(model, engine);
    }
  }

  private static void assertStops(Model model, Generator generator) {
    int special = model.tokenizer().encode("<s>", false, true)[0];
    // it comes first, and nothing else does
    SamplerParams only =
        SamplerParams.builder().temperature(0).logitBias(Map.of(special, 1000.0)).build();
    GenerationRequest.Builder request = GenerationRequest.builder("a").maxTokens(5).sampler(only);

    try (MeteredStream stream =
        generator.streamWithStats(request.stopSequences("zzz", "<s>").build())) {
      assertThat(String.join("", (Iterable<String>) stream)).isEmpty();
      assertThat(stream.finishReason()).hasValue(FinishReason.STOP_SEQUENCE);
      assertThat(stream.stats().generatedTokens()).isEqualTo(1);
    }
    try (MeteredStream stream = generator.streamWithStats(request.stopSequences("zzz").build())) {
      stream.forEachRemaining(piece -> {});
      assertThat(stream.finishReason()).hasValue(FinishReason.MAX_TOKENS);
    }
  }
}
