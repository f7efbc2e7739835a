package dev.llamastream;

import static dev.llamastream.TestStreams.greedy;
import static org.assertj.core.api.Assertions.assertThat;

import dev.llamastream.engine.Engine;
import dev.llamastream.engine.EngineParams;
import dev.llamastream.fixture.ScriptedModel;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** A text that may not end goes on until something else ends it. */
class IgnoreEndTest {

  @Test
  void itGoesOn() {
    SamplerParams sampler = SamplerParams.builder().temperature(0).ignoreEndOfText(true).build();
    GenerationRequest.Builder request = greedy("x").maxTokens(10);
    try (Model model = Model.load(ScriptedModel.of("Hello", " you").path());
        Context context = new Context(model, ContextParams.defaults());
        Engine engine =
            Engine.open(
                model,
                EngineParams.builder()
                    .context(ContextParams.builder().contextSize(512).threads(1).build())
                    .build())) {
      for (Generator generator : new Generator[] {context, engine}) {
        MeteredStream ends = generator.streamWithStats(request.build());
        assertThat(ends.stream().collect(Collectors.joining())).isEqualTo("Hello you");
        MeteredStream goesOn =
            generator.streamWithStats(greedy("x").maxTokens(10).sampler(sampler).build());
        assertThat(goesOn.stream().collect(Collectors.joining())).startsWith("Hello you");
        assertThat(goesOn.stats().generatedTokens()).isEqualTo(10);
        assertThat(goesOn.finishReason()).contains(FinishReason.MAX_TOKENS);
      }
    }
  }
}
