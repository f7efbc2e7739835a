package dev.llamastream;

import static dev.llamastream.TestStreams.greedy;
import static dev.llamastream.TestStreams.logits;
import static dev.llamastream.TestStreams.open;
import static dev.llamastream.TestStreams.tokens;
import static dev.llamastream.fixture.FlightRecorder.named;
import static dev.llamastream.fixture.FlightRecorder.record;
import static dev.llamastream.fixture.FlightRecorder.sum;
import static org.assertj.core.api.Assertions.assertThat;

import dev.llamastream.fixture.ByteVocabulary;
import dev.llamastream.fixture.TinyModel;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import jdk.jfr.consumer.RecordedEvent;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is in the KV cache already is not computed again, and makes no difference. */
class PrefixReuseTest {
  private static final int CONTEXT_SIZE = 1024;

  private static Model model;

  @BeforeAll
  static void load() {
    model = Model.load(TinyModel.defaultPath(), ModelParams.builder().repackWeights(false).build());
  }

  @AfterAll
  static void close() {
    model.close();
  }

  @Test
  void statsTellHowMuchWasReused() {
    try (Context context = open(model, CONTEXT_SIZE)) {
      int[] prompt = prompt(new Random(1), 200);
      assertThat(cached(context, greedy(prompt))).isZero();
      assertThat(cached(context, greedy(prompt))).isEqualTo(136);
      assertThat(cached(context, greedy(Arrays.copyOf(prompt, 100)))).isEqualTo(36);
      assertThat(cached(context, greedy(prompt))).isEqualTo(100);
      int[] other = prompt.clone();
      other[70]++;
      assertThat(cached(context, greedy(other))).isEqualTo(68);
      assertThat(cached(context, greedy(other).reusePrefix(false))).isZero();
      assertThat(cached(context, greedy(other))).isEqualTo(136);
      context.clearCache();
      assertThat(cached(context, greedy(other))).isZero();
    }
  }

  @Test
  void generatedTextIsReusedToo() {
    try (Context context = open(model, CONTEXT_SIZE)) {
      int[] prompt = prompt(new Random(2), 20);
      List<Token> tokens = tokens(context.generateStream(greedy(prompt).maxTokens(6).build()));
      int[] whole = Arrays.copyOf(prompt, 27);
      for (int i = 0; i < 6; i++) {
        whole[20 + i] = tokens.get(i).id();
      }
      whole[26] = 100;
      // the last token was never decoded
      assertThat(cached(context, greedy(whole))).isEqualTo(25);
    }
  }

  @Test
  void onlyWhatIsNewIsDecoded() {
    ContextParams inChunks =
        ContextParams.builder()
            .contextSize(CONTEXT_SIZE)
            .batchSize(10)
            .threads(1)
            .batchThreads(1)
            .build();
    try (Context context = new Context(model, inChunks)) {
      int[] prompt = prompt(new Random(3), 100);
      for (int calls : new int[] {10, 1}) { // micro-batches of 10 are computed whole
        List<RecordedEvent> decodes =
            named(record(() -> context.generate(greedy(prompt).maxTokens(1).build())), "Decode");
        assertThat(decodes).hasSize(calls);
        assertThat(sum(decodes, "promptTokens")).isEqualTo(10 * calls);
      }
    }
  }

  @Test
  void promptsRepeatTheirLogitsBitForBitInTheDefaultModeToo() {
    try (Model real = Model.load(Path.of(System.getProperty("llamastream.test.model")));
        Context warm = open(real, CONTEXT_SIZE);
        Context cold = open(real, CONTEXT_SIZE)) {
      int[] prompt = prompt(new Random(4), 300);
      for (int length : new int[] {71, 71, 101, 40, 300, 150, 150}) {
        int[] part = Arrays.copyOf(prompt, length);
        assertThat(logitsAfter(warm, greedy(part), 2))
            .as("%d tokens", length)
            .isEqualTo(logitsAfter(cold, greedy(part).reusePrefix(false), 2));
      }
    }
  }

  @Test
  void aChatTurnRepeatsItsLogitsWithTheAnswerBeforeKept() {
    try (Model real = Model.load(Path.of(System.getProperty("llamastream.test.model")));
        Context context = open(real, CONTEXT_SIZE)) {
      int[] first = prompt(new Random(5), 70);
      List<Token> answer = tokens(context.generateStream(greedy(first).maxTokens(12).build()));
      int kept = first.length + answer.size() - 1; // the last token was never decoded
      int[] second = Arrays.copyOf(first, kept + 20);
      for (int i = first.length; i < kept; i++) {
        second[i] = answer.get(i - first.length).id();
      }
      System.arraycopy(prompt(new Random(6), 20), 0, second, kept, 20);
      assertThat(cached(context, greedy(second))).isEqualTo(kept);
      float[] expected = logits(context);
      assertThat(cached(context, greedy(second))).isEqualTo(kept);
      assertThat(logits(context)).isEqualTo(expected);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "1, 1, 1",
    "1, 7, 2",
    "2, 5, 1",
    "3, 3, 2",
    "4, 8, 1",
    "7, 20, 2",
    "32, 64, 1",
    "32, 100, 2",
    "512, 512, 1",
    "512, 1024, 2"
  })
  void reproducibleLogitsAreThoseOfAColdContextBitForBit(
      int microBatchSize, int batchSize, int threads) {
    int rounds = microBatchSize < 8 ? 12 : 40;
    assertReproducible(model, rounds, microBatchSize, batchSize, threads);
  }

  @Test
  void reproducibleLogitsOfAQuantizedModelToo() {
    try (Model real =
        Model.load(
            Path.of(System.getProperty("llamastream.test.model")),
            ModelParams.builder().repackWeights(false).build())) {
      assertReproducible(real, 5, 64, 128, 1);
    }
  }

  private static void assertReproducible(
      Model model, int rounds, int microBatchSize, int batchSize, int threads) {
    Random random = new Random(microBatchSize);
    // the cold one has another number of threads, and chunks of another size
    try (Context warm = reproducible(model, microBatchSize, batchSize, threads);
        Context cold = reproducible(model, microBatchSize, microBatchSize, 3 - threads)) {
      int[] prompt = {};
      for (int round = 0; round < rounds; round++) {
        prompt = continued(prompt, random, microBatchSize < 8 ? 30 : 300);
        int generated = 1 + random.nextInt(3);
        float[] expected = logitsAfter(cold, greedy(prompt).reusePrefix(false), generated);
        float[] actual = logitsAfter(warm, greedy(prompt), generated);
        assertThat(actual).as("round %d: %d tokens", round, prompt.length).isEqualTo(expected);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"512, 1, 4", "4, 5, 8", "4, 1, 2", "4, 9, 10", "32, 33, 40"})
  void tokenThatWasComputedAloneIsComputedAgain(int microBatchSize, int first, int second) {
    int[] prompt = prompt(new Random(5), second);
    try (Context warm = reproducible(model, microBatchSize, microBatchSize, 1);
        Context cold = reproducible(model, microBatchSize, microBatchSize, 1)) {
      logitsAfter(warm, greedy(Arrays.copyOf(prompt, first)), 1);
      assertThat(logitsAfter(warm, greedy(prompt), 1))
          .isEqualTo(logitsAfter(cold, greedy(prompt), 1));
    }
  }

  @Test
  void reproducibleTextIsThatOfAColdContext() {
    try (Context warm = reproducible(model, 32, 64, 1);
        Context cold = reproducible(model, 32, 64, 2)) {
      Random random = new Random(6);
      int[] prompt = {};
      for (int round = 0; round < 20; round++) {
        prompt = continued(prompt, random, 300);
        SamplerParams sampler =
            round % 2 == 0
                ? SamplerParams.greedy()
                : SamplerParams.builder().seed(round).temperature(1.5).build();
        GenerationRequest.Builder request = greedy(prompt).sampler(sampler).maxTokens(20);
        request.logprobs(true);
        cold.clearCache();
        List<Token> expected = tokens(cold.generateStream(request.build()));
        assertThat(tokens(warm.generateStream(request.build())))
            .as("round %d", round)
            .isEqualTo(expected);
        if (prompt.length + 20 < CONTEXT_SIZE) { // as in a conversation
          int[] ids = expected.stream().mapToInt(Token::id).toArray();
          prompt = IntStream.concat(Arrays.stream(prompt), Arrays.stream(ids)).toArray();
        }
      }
    }
  }

  private static Context reproducible(Model model, int microBatchSize, int batchSize, int threads) {
    return new Context(
        model,
        ContextParams.builder()
            .contextSize(CONTEXT_SIZE)
            .microBatchSize(microBatchSize)
            .batchSize(batchSize)
            .threads(threads)
            .batchThreads(threads)
            .reproducible(true)
            .build());
  }

  private static int cached(Context context, GenerationRequest.Builder request) {
    MeteredStream stream = context.streamWithStats(request.maxTokens(1).build());
    assertThat(tokens(stream)).hasSize(1);
    assertThat(stream.stats().promptTokens())
        .isEqualTo(((Prompt.Tokens) request.build().prompt()).ids().size());
    return stream.stats().cachedPromptTokens();
  }

  /** The logits that the last of so many tokens was drawn from. */
  private static float[] logitsAfter(
      Context context, GenerationRequest.Builder request, int generated) {
    assertThat(tokens(context.generateStream(request.maxTokens(generated).build())))
        .hasSize(generated);
    return logits(context);
  }

  /**
   * A part of the last prompt and some more; now and then much more, across a block of 256 cells.
   */
  private static int[] continued(int[] last, Random random, int most) {
    int kept = random.nextInt(last.length + 1);
    int added = 1 + random.nextInt(random.nextInt(5) == 0 ? most : 10);
    kept = kept + added > 900 ? 0 : kept;
    int[] prompt = Arrays.copyOf(last, kept + added);
    System.arraycopy(prompt(random, added), 0, prompt, kept, added);
    return prompt;
  }

  private static int[] prompt(Random random, int length) {
    return random.ints(length, 3, ByteVocabulary.SPACE).toArray();
  }
}
