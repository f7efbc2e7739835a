package dev.llamastream;

import static dev.llamastream.TestStreams.draw;
import static dev.llamastream.TestStreams.logits;
import static dev.llamastream.TestStreams.open;
import static dev.llamastream.TestStreams.randomLogits;
import static dev.llamastream.TestStreams.tokens;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.llamastream.fixture.ByteVocabulary;
import dev.llamastream.fixture.TinyModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Log-probabilities, and logits that are none. */
class LogitsTest {
  private static final int VOCABULARY = ByteVocabulary.FIRST_ADDED;

  private static Model model;
  private static Context context;

  @BeforeAll
  static void load() {
    model = Model.load(TinyModel.defaultPath());
    context = open(model, 512);
  }

  @AfterAll
  static void close() {
    context.close();
    model.close();
  }

  @Test
  void logprobIsThatOfTheRawLogits() {
    Random random = new Random(2);
    for (int i = 0; i < 30; i++) {
      int[] prompt = random.ints(1 + i, 3, VOCABULARY).toArray();
      GenerationRequest request =
          GenerationRequest.builder(prompt)
              .sampler(
                  SamplerParams.builder()
                      .temperature(1.5)
                      .seed(i)
                      .logitBias(Map.of(70, 5.0))
                      .repeatPenalty(1.5)
                      .build())
              .maxTokens(1)
              .logprobs(true)
              .topLogprobs(i)
              .build();
      Token token = tokens(context.generateStream(request)).getFirst();
      double[] p = SamplingReference.softmax(logits(context));
      assertThat(token.logprob()).isCloseTo((float) Math.log(p[token.id()]), within(1e-4f));
      assertThat(token.topLogprobs())
          .hasSize(i)
          .isSortedAccordingTo((a, b) -> Float.compare(b.logprob(), a.logprob()))
          .allSatisfy(
              top ->
                  assertThat(top.logprob())
                      .isCloseTo((float) Math.log(p[top.id()]), within(1e-4f)));
      long above =
          token.topLogprobs().isEmpty()
              ? 0
              : Arrays.stream(p)
                  .filter(q -> Math.log(q) > token.topLogprobs().getLast().logprob() + 1e-4)
                  .count();
      assertThat(above).isLessThanOrEqualTo(i);
    }
  }

  @ParameterizedTest
  @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY})
  void logitsThatAreNotFiniteAreAnError(float bad) {
    for (SamplerParams.Builder params :
        List.of(
            SamplerParams.builder().temperature(0),
            SamplerParams.builder().topK(40),
            SamplerParams.builder(),
            SamplerParams.builder().mirostat(new Mirostat(1, 5, 0.1)),
            SamplerParams.builder().temperature(0).repeatPenalty(2))) {
      for (int at : new int[] {0, 17, VOCABULARY - 1}) {
        float[] logits = randomLogits(at);
        logits[at] = bad;
        assertThatThrownBy(() -> draw(context, params.build(), logits, 1))
            .isInstanceOf(GenerationException.class)
            .hasMessageContaining("not finite");
      }
    }
    float[] none = new float[VOCABULARY];
    Arrays.fill(none, Float.NEGATIVE_INFINITY);
    assertThatThrownBy(() -> draw(context, SamplerParams.defaults(), none, 1))
        .isInstanceOf(GenerationException.class);
  }

  @ParameterizedTest
  @ValueSource(ints = {0x7E00, 0x7C00}) // NaN and infinity as 16-bit floats
  void modelWithBrokenWeightsFailsAndStaysUsable(int bits, @TempDir Path directory)
      throws IOException {
    byte[] file = TinyModel.defaults().gguf().toByteArray();
    for (int i = 1; i <= 64; i++) { // the output matrix is the last tensor; its last row
      file[file.length - 2 * i] = (byte) bits;
      file[file.length - 2 * i + 1] = (byte) (bits >> 8);
    }
    try (Model broken = Model.load(Files.write(directory.resolve("broken.gguf"), file));
        Context own = open(broken, 256)) {
      for (int i = 0; i < 3; i++) {
        TokenStream stream = own.generateStream("x");
        assertThatThrownBy(stream::next).isInstanceOf(GenerationException.class);
        assertThat(stream.finishReason()).contains(FinishReason.FAILED);
      }
    }
  }
}
