package dev.llamastream;

import static dev.llamastream.TestStreams.generate;
import static dev.llamastream.TestStreams.greedy;
import static dev.llamastream.TestStreams.open;
import static dev.llamastream.TestStreams.plain;
import static dev.llamastream.TestStreams.randomLogits;
import static dev.llamastream.TestStreams.tokens;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llamastream.fixture.ByteVocabulary;
import dev.llamastream.fixture.TinyModel;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How tokens are chosen: the chain on logits made up here, and whole generations. */
class SamplerTest {
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
  void greedyTakesTheHighestLogit() {
    for (int seed = 0; seed < 200; seed++) {
      float[] logits = randomLogits(seed);
      int best =
          IntStream.range(0, VOCABULARY)
              .reduce((a, b) -> logits[b] > logits[a] ? b : a)
              .orElseThrow();
      assertThat(draw(SamplerParams.greedy(), logits, 1)).containsExactly(best);
      // not on the short cut
      assertThat(draw(plain().temperature(0).logitBias(Map.of(0, 0.0)), logits, 1))
          .containsExactly(best);
      assertThat(draw(plain().topK(1), logits, 1)).containsExactly(best);
      assertThat(draw(plain().temperature(1e-30), logits, 1)).containsExactly(best);
    }
  }

  @Test
  void greedyStreamFollowsTheModel() {
    for (Token token :
        tokens(
            context.generateStream(
                greedy("hello").logprobs(true).topLogprobs(1).maxTokens(50).build()))) {
      assertThat(token.topLogprobs())
          .containsExactly(new TokenLogprob(token.id(), token.logprob()));
    }
  }

  @Test
  void fixedSeedIsRepeatableAndSeedsDiffer() {
    List<Integer> first = generate(context, hot().seed(7));
    assertThat(generate(context, hot().seed(7))).isEqualTo(first);
    assertThat(generate(context, hot().seed(8))).isNotEqualTo(first);
    assertThat(generate(context, hot().seed(0xFFFF_FFFEL))).isNotEqualTo(first);
    assertThat(generate(context, hot())).isNotEqualTo(generate(context, hot()));
  }

  @Test
  void presetsAreWhatTheySay() {
    assertThat(SamplerParams.greedy()).isEqualTo(SamplerParams.builder().temperature(0).build());
    assertThat(SamplerParams.creative())
        .isEqualTo(SamplerParams.builder().temperature(1.1).topK(0).topP(0.98).minP(0.02).build());
    assertThat(SamplerParams.precise())
        .isEqualTo(SamplerParams.builder().temperature(0.2).topK(20).topP(0.9).build());
    // the tiny model's best tokens have probabilities of 0.1 to 0.3
    float[] logits = randomLogits(5);
    assertThat(distinct(draw(SamplerParams.greedy(), logits, 200))).isEqualTo(1);
    assertThat(distinct(draw(SamplerParams.precise(), logits, 200))).isBetween(2L, 20L);
    assertThat(distinct(draw(SamplerParams.defaults(), logits, 200)))
        .isBetween(distinct(draw(SamplerParams.precise(), logits, 200)), 40L);
    assertThat(distinct(draw(SamplerParams.creative(), logits, 2_000)))
        .isGreaterThan(distinct(draw(SamplerParams.defaults(), logits, 2_000)));
  }

  @Test
  void numbersThatAreZeroAsFloatsAreZero() {
    float[] logits = randomLogits(3);
    double tiny = Double.MIN_VALUE;
    int[] zero = draw(plain().temperature(0.5).seed(4), logits, 100, 1, 1, 1);
    SamplerParams.Builder almost =
        plain()
            .temperature(0.5)
            .seed(4)
            .minP(tiny)
            .frequencyPenalty(tiny)
            .presencePenalty(-tiny)
            .topNSigma(tiny)
            .dry(Dry.of(tiny))
            .xtc(new Xtc(tiny, 0.1))
            .logitBias(Map.of(0, tiny));
    assertThat(draw(almost, logits, 100, 1, 1, 1)).containsExactly(zero);
    assertThat(draw(plain().temperature(tiny), logits, 1))
        .containsExactly(draw(plain().temperature(0), logits, 1));
  }

  @Test
  void bannedTokenIsNeverChosen() {
    float[] logits = {9, 8, 7, 6};
    Map<Integer, Double> bans = Map.of(0, Double.NEGATIVE_INFINITY, 2, Double.NEGATIVE_INFINITY);
    assertThat(draw(plain().temperature(0).logitBias(bans), logits, 1)).containsExactly(1);
    assertThat(draw(plain().temperature(2).topK(3).logitBias(bans), logits, 500))
        .containsOnly(1, 3);
  }

  @Test
  void biasForcesAToken() {
    assertThat(generate(context, SamplerParams.builder().logitBias(Map.of(70, 100.0))))
        .containsOnly(70);
    for (double temperature : new double[] {0, 0.01, 1, 100}) {
      for (int topK : new int[] {0, 40}) {
        assertThat(
                draw(
                    plain()
                        .topK(topK)
                        .temperature(temperature)
                        .logitBias(Map.of(70, 10_000.0, 71, -10_000.0)),
                    randomLogits(1),
                    50))
            .containsOnly(70);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 0.8})
  void whereAllAreBannedNoneIsChosen(double temperature) {
    Map<Integer, Double> all = new HashMap<>();
    IntStream.range(0, VOCABULARY).forEach(id -> all.put(id, Double.NEGATIVE_INFINITY));
    for (int topK : new int[] {0, 40}) {
      SamplerParams.Builder none = plain().temperature(temperature).topK(topK).logitBias(all);
      assertThatThrownBy(() -> draw(none, randomLogits(1), 1))
          .isInstanceOf(GenerationException.class)
          .hasMessageContaining("banned");
    }
  }

  @Test
  void biasOfAnUnknownTokenIsRefused() {
    SamplerParams unknown = SamplerParams.builder().logitBias(Map.of(VOCABULARY, 1.0)).build();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> context.generateStream("x", 5, unknown))
        .withMessageContainingAll("logitBias", String.valueOf(VOCABULARY));
  }

  @Test
  void penaltiesCountThePromptAndWhatWasChosen() {
    float[] logits = {2, 1.9f, 1.8f, -1, -1.1f};
    assertThat(draw(plain().temperature(0).repeatPenalty(1.5), logits, 1)).containsExactly(0);
    assertThat(draw(plain().temperature(0).repeatPenalty(1.5), logits, 1, 0)).containsExactly(1);
    assertThat(draw(plain().temperature(0).repeatPenalty(1.5), logits, 4))
        .containsExactly(0, 1, 2, 0);
    assertThat(draw(plain().temperature(0).presencePenalty(1), logits, 1, 0, 1)).containsExactly(2);
    assertThat(draw(plain().temperature(0).frequencyPenalty(0.06), logits, 1, 0))
        .containsExactly(0);
    assertThat(draw(plain().temperature(0).frequencyPenalty(0.06), logits, 1, 0, 0))
        .containsExactly(1);
    float[] negative = {-1, -1.1f};
    assertThat(draw(plain().temperature(0).repeatPenalty(1.5), negative, 1, 0)).containsExactly(1);
  }

  @Test
  void penaltiesForgetWhatIsLongAgo() {
    float[] logits = {2, 1.9f, 1.8f};
    SamplerParams.Builder last2 = plain().temperature(0).repeatPenalty(2).penaltyLastN(2);
    assertThat(draw(last2, logits, 1, 0, 5)).containsExactly(1);
    assertThat(draw(last2, logits, 1, 0, 5, 6)).containsExactly(0);
    assertThat(draw(plain().temperature(0).repeatPenalty(2).penaltyLastN(0), logits, 1, 0))
        .containsExactly(0);
  }

  @Test
  void dryPenalizesWhatWouldContinueARepetition() {
    int[] prompt = Arrays.copyOfRange(ByteVocabulary.encode("abcdxabc"), 1, 9);
    int d = ByteVocabulary.byteToken((byte) 'd');
    float[] logits = new float[VOCABULARY];
    logits[d] = 5;
    logits[0] = 4;
    Dry dry = Dry.of(1); // 1.75 for three repeated tokens where two are allowed
    assertThat(draw(plain().temperature(0).dry(dry), logits, 1, prompt)).containsExactly(0);
    assertThat(draw(plain().temperature(0).dry(Dry.of(0.5)), logits, 1, prompt)).containsExactly(d);
    Dry longer = new Dry(1, 1.75, 4, 1024, List.of());
    assertThat(draw(plain().temperature(0).dry(longer), logits, 1, prompt)).containsExactly(d);
    Dry nearer = new Dry(1, 1.75, 2, 4, List.of());
    assertThat(draw(plain().temperature(0).dry(nearer), logits, 1, prompt)).containsExactly(d);
    Dry broken = new Dry(1, 1.75, 2, 1024, List.of("b"));
    assertThat(draw(plain().temperature(0).dry(broken), logits, 1, prompt)).containsExactly(d);
  }

  @Test
  void mirostatKeepsToTheSurpriseAskedFor() {
    float[] logits = randomLogits(9);
    for (int version = 1; version <= 2; version++) {
      SamplerParams.Builder low = plain().mirostat(new Mirostat(version, 0.1, 0.1));
      SamplerParams.Builder high = plain().mirostat(new Mirostat(version, 6, 0.1));
      assertThat(distinct(draw(low, logits, 500))).isLessThan(distinct(draw(high, logits, 500)));
    }
    // version 2 starts with twice the target: nothing more surprising is drawn
    double[] p = SamplingReference.softmax(logits);
    for (int seed = 0; seed < 200; seed++) {
      int token = draw(plain().mirostat(new Mirostat(2, 2, 0.1)).seed(seed), logits, 1)[0];
      assertThat(-Math.log(p[token]) / Math.log(2)).isLessThan(4.001);
    }
  }

  /** Every truncation alone, together, and with a temperature. */
  @Test
  void chainDrawsFromTheDistributionOfAPlainComputation() {
    List<SamplerParams.Builder> cases =
        List.of(
            plain(),
            plain().temperature(0.5),
            plain().temperature(2),
            plain().topK(5),
            plain().topK(1),
            plain().topP(0.5),
            plain().topP(0),
            plain().minP(0.1),
            plain().minP(1),
            plain().typicalP(0.5),
            plain().topNSigma(1),
            plain().xtc(new Xtc(1, 0.05)),
            plain().topNSigma(2).topK(30).topP(0.9).minP(0.02).temperature(1.5),
            plain().topK(50).typicalP(0.7).topP(0.95).minP(0.05).temperature(0.7),
            plain().topK(20).xtc(new Xtc(1, 0.1)).temperature(1.2),
            SamplerParams.builder().seed(3));
    for (int i = 0; i < cases.size(); i++) {
      float[] logits = randomLogits(100 + i);
      SamplerParams params = cases.get(i).build();
      Map<Integer, Double> expected = SamplingReference.distribution(params, logits);
      SamplingReference.assertDrawnFrom(expected, draw(params, logits, 5_000), "case " + i);
    }
  }

  @Test
  void typicalSamplingLeavesOutWhatIsBanned() {
    float[] logits = randomLogits(50);
    SamplerParams.Builder typical = plain().typicalP(0.5);
    int banned = 30;
    int[] drawn = draw(typical.logitBias(Map.of(banned, Double.NEGATIVE_INFINITY)), logits, 5_000);
    logits[banned] = Float.NEGATIVE_INFINITY;
    SamplingReference.assertDrawnFrom(
        SamplingReference.distribution(typical.build(), logits), drawn, "typical");
  }

  @Test
  void xtcWorksAsOftenAsAskedFor() {
    float[] logits = {5, 4.9f};
    int[] always = draw(plain().xtc(new Xtc(1, 0.1)), logits, 500);
    assertThat(always).doesNotContain(0);
    int[] half = draw(plain().xtc(new Xtc(0.5, 0.1)), logits, 2_000);
    // half of them by force, a little less than half of the rest
    assertThat(IntStream.of(half).filter(id -> id == 0).count()).isBetween(400L, 650L);
  }

  @Test
  void anyParametersChooseATokenThatIsNotBanned() {
    for (int seed = 0; seed < 1_000; seed++) {
      Random random = new Random(seed);
      SamplerParams params = randomParams(random);
      float[] logits = randomLogits(seed);
      int[] prompt = random.ints(random.nextInt(50), 0, VOCABULARY).toArray();
      assertThat(IntStream.of(draw(params, logits, 5, prompt)).boxed())
          .as("seed %d: %s", seed, params)
          .allMatch(id -> id >= 0 && id < VOCABULARY)
          .doesNotContain(13);
    }
  }

  private static SamplerParams randomParams(Random random) {
    double[] edges = {0, 1e-3, 0.5, 0.99, 1};
    return SamplerParams.builder()
        .temperature(random.nextInt(4) == 0 ? edges[random.nextInt(5)] : 100 * random.nextFloat())
        .topK(random.nextInt(3) == 0 ? 0 : 1 + random.nextInt(300))
        .topP(edges[random.nextInt(5)])
        .minP(edges[random.nextInt(5)])
        .typicalP(edges[random.nextInt(5)])
        .repeatPenalty(random.nextBoolean() ? 1 : 0.1 + 99 * random.nextFloat())
        .frequencyPenalty(random.nextBoolean() ? 0 : 200 * random.nextFloat() - 100)
        .presencePenalty(random.nextBoolean() ? 0 : 200 * random.nextFloat() - 100)
        .penaltyLastN(random.nextInt(100))
        .seed(random.nextInt(1 << 30))
        .mirostat(
            new Mirostat(
                random.nextInt(3), 100 * edges[random.nextInt(5)], edges[random.nextInt(5)]))
        .dry(
            new Dry(
                random.nextInt(3) * 50,
                1 + 99 * random.nextFloat(),
                random.nextInt(4),
                random.nextInt(100),
                List.of("é👋".repeat(6), "\n")))
        .xtc(new Xtc(edges[random.nextInt(5)], edges[random.nextInt(5)]))
        .topNSigma(random.nextBoolean() ? 0 : 10 * random.nextFloat())
        .logitBias(Map.of(13, Double.NEGATIVE_INFINITY, 14, 20_000 * (random.nextDouble() - 0.5)))
        .build();
  }

  private static SamplerParams.Builder hot() {
    return SamplerParams.builder().temperature(1.5).topK(0).topP(1).minP(0);
  }

  private static long distinct(int[] tokens) {
    return IntStream.of(tokens).distinct().count();
  }

  private static int[] draw(
      SamplerParams.Builder params, float[] logits, int times, int... prompt) {
    return draw(params.build(), logits, times, prompt);
  }

  private static int[] draw(SamplerParams params, float[] logits, int times, int... prompt) {
    return TestStreams.draw(context, params, logits, times, prompt);
  }
}
