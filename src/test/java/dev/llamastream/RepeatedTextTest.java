package dev.llamastream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llamastream.fixture.Requantized;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What a seed is for, in the default mode, with weights that llama.cpp repacks: it computes one row
 * by another kernel than many.
 */
@Timeout(300)
class RepeatedTextTest {

  private static final String PROMPT =
      "The history of the lighthouse begins with fires on hilltops, which sailors saw from afar. "
          + "Then towns on the coast paid for towers, and monks kept coals burning in them. "
          + "Later they were built of stone, and the keeper lit the lamp each evening. "
          + "One stormy night, a ship came too close to the rocks, and the keeper saw that "
          + "his lamp had gone out. He ran up the stairs, and then he";

  static Stream<Path> models() {
    return Stream.of(
        Path.of(System.getProperty("llamastream.test.model")),
        Requantized.path(QuantizationType.Q4_0),
        Requantized.path(QuantizationType.Q4_K_M));
  }

  @ParameterizedTest
  @MethodSource("models")
  void theSameSeedGivesTheSameText(Path file) {
    GenerationRequest seeded =
        GenerationRequest.builder(PROMPT)
            .maxTokens(40)
            .sampler(SamplerParams.builder().temperature(1.5).topK(0).seed(7).build())
            .build();
    GenerationRequest greedy =
        GenerationRequest.builder(PROMPT)
            .maxTokens(40)
            .sampler(SamplerParams.greedy())
            .logprobs(true)
            .build();
    try (Model model = Model.load(file);
        Context context = TestStreams.open(model, 512)) {
      String text = context.generate(seeded);
      var tokens = TestStreams.tokens(context.generateStream(greedy));
      for (int i = 0; i < 6; i++) {
        MeteredStream again = context.streamWithStats(seeded);
        assertThat(String.join("", TestStreams.pieces(again))).isEqualTo(text);
        assertThat(again.stats().cachedPromptTokens()).isPositive();
        assertThat(TestStreams.tokens(context.generateStream(greedy))).isEqualTo(tokens);
      }
    }
  }
}
