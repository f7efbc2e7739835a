package dev.llamastream;

import static dev.llamastream.TestStreams.generate;
import static dev.llamastream.TestStreams.open;
import static dev.llamastream.TestStreams.plain;
import static dev.llamastream.TestStreams.randomLogits;
import static org.assertj.core.api.Assertions.assertThat;

import dev.llamastream.fixture.ByteVocabulary;
import dev.llamastream.fixture.TinyModel;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Choosing among the best few logits gives the tokens that the whole vocabulary gives. */
class SamplerShortCutTest {
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

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 5, 40, 128, 129, 200, 260, 100_000})
  void shortCutGivesTheSameTokensAsTheWholeVocabulary(int topK) {
    for (int seed = 0; seed < 100; seed++) {
      SamplerParams.Builder shortCut =
          plain().topK(topK).topP(0.95).minP(0.02).temperature(1.3).seed(seed);
      float[] logits = randomLogits(seed);
      int[] tokens = draw(shortCut, logits, 20);
      assertThat(draw(theLongWay(shortCut), logits, 20)).as("seed %d", seed).isEqualTo(tokens);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 5, 40, 128, 200, 260})
  void shortCutWithBiasesGivesTheSameTokensToo(int topK) {
    for (int seed = 0; seed < 100; seed++) {
      Random random = new Random(seed);
      Map<Integer, Double> biases =
          random
              .ints(1 + random.nextInt(20), 0, VOCABULARY)
              .distinct()
              .boxed()
              .collect(
                  Collectors.toMap(
                      token -> token,
                      token ->
                          random.nextInt(4) == 0
                              ? Double.NEGATIVE_INFINITY
                              : random.nextDouble(-5, 5)));
      SamplerParams.Builder shortCut =
          plain().topK(topK).topP(0.95).temperature(1.3).seed(seed).logitBias(biases);
      float[] logits = randomLogits(seed);
      int[] tokens = draw(shortCut, logits, 20);
      assertThat(draw(theLongWay(shortCut), logits, 20)).as("seed %d", seed).isEqualTo(tokens);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 5, 40, 128, 129, 200, 260})
  void shortCutGivesTheSameTokensWhereLogitsTie(int topK) {
    for (int seed = 0; seed < 100; seed++) {
      float[] logits = tiedLogits(seed);
      SamplerParams.Builder shortCut = plain().topK(topK).topP(0.95).temperature(1.3).seed(seed);
      int[] tokens = draw(shortCut, logits, 20);
      assertThat(draw(theLongWay(shortCut), logits, 20)).as("seed %d", seed).isEqualTo(tokens);

      SamplerParams.Builder biased =
          plain().topK(topK).seed(seed).logitBias(Map.of(seed, 1.0, 200 - seed, -2.0));
      tokens = draw(biased, logits, 20);
      assertThat(draw(theLongWay(biased), logits, 20)).as("bias, %d", seed).isEqualTo(tokens);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 40, 128, 129, 200})
  void ofEqualLogitsTopKTakesTheFirst(int topK) {
    float[] logits = new float[VOCABULARY];
    Arrays.fill(logits, 1);
    Integer[] first = IntStream.range(0, topK).boxed().toArray(Integer[]::new);
    SamplerParams.Builder params = plain().topK(topK);
    for (SamplerParams.Builder way : List.of(params, theLongWay(params.build().toBuilder()))) {
      assertThat(IntStream.of(draw(way, logits, 20 * topK)).boxed().toList()).isSubsetOf(first);
    }
  }

  @Test
  void ofEqualLogitsGreedyTakesTheFirst() {
    for (int seed = 0; seed < 100; seed++) {
      float[] logits = tiedLogits(seed);
      int best =
          IntStream.range(0, VOCABULARY)
              .reduce((a, b) -> logits[b] > logits[a] ? b : a)
              .orElseThrow();
      assertThat(draw(SamplerParams.greedy().toBuilder(), logits, 1)).containsExactly(best);
      assertThat(draw(theLongWay(plain().temperature(0)), logits, 1)).containsExactly(best);
    }
    float[] logits = new float[VOCABULARY];
    Arrays.fill(logits, 1);
    logits[20] = 1.5f;
    SamplerParams.Builder biased = plain().temperature(0).logitBias(Map.of(10, 0.5, 30, 0.5));
    assertThat(draw(biased, logits, 1)).containsExactly(10);
    assertThat(draw(theLongWay(biased), logits, 1)).containsExactly(10);
  }

  /** As half-precision kernels make them: many tokens have the same logit. */
  private static float[] tiedLogits(int seed) {
    float[] logits = randomLogits(seed);
    for (int i = 0; i < logits.length; i++) {
      logits[i] = Math.round(logits[i]) + 0.5f; // never 0, which theLongWay changes
    }
    return logits;
  }

  /**
   * The same, with a penalty that is too small to change anything: it wants the whole vocabulary.
   */
  private static SamplerParams.Builder theLongWay(SamplerParams.Builder params) {
    return params.frequencyPenalty(1e-30);
  }

  @Test
  void shortCutGivesTheSameTextAsTheWholeVocabulary() {
    for (int seed = 0; seed < 50; seed++) {
      SamplerParams.Builder shortCut = SamplerParams.builder().temperature(1.5).seed(seed);
      List<Integer> tokens = generate(context, shortCut);
      assertThat(generate(context, theLongWay(shortCut))).as("seed %d", seed).isEqualTo(tokens);
    }
  }

  private static int[] draw(SamplerParams.Builder params, float[] logits, int times) {
    return TestStreams.draw(context, params.build(), logits, times);
  }
}
