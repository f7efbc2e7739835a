package dev.llamastream;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.llamastream.fixture.TinyEncoder;
import dev.llamastream.fixture.TinyModel;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Embeddings: what they are, and which texts and models have none. */
@Timeout(600)
class EmbedderTest {

  @TempDir private static Path directory;
  private static Model tiny;

  @BeforeAll
  static void load() {
    tiny = Model.load(TinyModel.defaultPath());
  }

  @AfterAll
  static void close() {
    tiny.close();
  }

  private static EmbedderParams.Builder params() {
    return EmbedderParams.builder().threads(1);
  }

  private static Model model(String key, Object value) {
    var gguf = TinyModel.defaults().gguf();
    Path path = directory.resolve(key + value);
    return Model.load(
        (value instanceof Boolean flag ? gguf.put(key, flag) : gguf.put(key, (int) value))
            .write(path));
  }

  private static double dot(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += (double) a[i] * b[i];
    }
    return sum;
  }

  private static double cosine(float[] a, float[] b) {
    return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
  }

  @Test
  void similarTextsAreCloser() {
    String path = System.getProperty("llamastream.test.model");
    try (Model model = Model.load(Path.of(Objects.requireNonNull(path)));
        Embedder embedder = Embedder.open(model)) {
      assertThat(embedder.dimensions()).isEqualTo(576);
      float[] cat = embedder.embed("The cat sleeps on the sofa.");
      float[] kitten = embedder.embed("A kitten is napping on the couch.");
      float[] shares = embedder.embed("Quarterly revenue exceeded analysts' expectations.");
      float[] profit = embedder.embed("The company's profit was higher than forecast.");
      assertThat(cosine(cat, kitten)).isGreaterThan(cosine(cat, shares) + 0.02);
      assertThat(cosine(shares, profit)).isGreaterThan(cosine(kitten, profit) + 0.02);
    }
  }

  @Test
  void unitVectorsUnlessAskedOtherwise() {
    try (Embedder unit = Embedder.open(tiny, params().build());
        Embedder raw = Embedder.open(tiny, params().normalize(false).build())) {
      float[] embedding = unit.embed("hello");
      assertThat(embedding).hasSize(unit.dimensions()).hasSize(64);
      assertThat(dot(embedding, embedding)).isCloseTo(1, within(1e-6));
      float[] other = raw.embed("hello");
      assertThat(dot(other, other)).isGreaterThan(2);
      assertThat(cosine(embedding, other)).isCloseTo(1, within(1e-6));
    }
  }

  @Test
  void theSameTextGivesTheSameEmbedding() {
    try (Embedder embedder = Embedder.open(tiny, params().build())) {
      float[] first = embedder.embed("a");
      float[] second = embedder.embed("b");
      assertThat(second).isNotEqualTo(first);
      assertThat(embedder.embed("a")).isEqualTo(first);
      List<float[]> together = embedder.embed(List.of("b", "a", "b"));
      assertThat(together).hasSize(3);
      assertThat(together.get(0)).containsExactly(second, within(1e-3f));
      assertThat(together.get(1)).containsExactly(first, within(1e-3f));
      assertThat(together.get(2)).containsExactly(second, within(1e-3f));
      assertThat(embedder.embed(List.<String>of())).isEmpty();
    }
  }

  /** The tiny model computes 512 tokens at a time: the parts must add up to the whole. */
  @Test
  void meanOfMoreThanABatch() {
    String text = "abcdefghij".repeat(55);
    float[] sum = new float[64];
    try (Embedder mean = Embedder.open(tiny, params().pooling(Pooling.MEAN).build());
        Embedder last = Embedder.open(tiny, tokens())) {
      assertThat(mean.countTokens(text)).isEqualTo(551);
      for (int i = 0; i <= text.length(); i++) {
        // the last token of a beginning, after the one that begins every text
        float[] token = last.embed(text.substring(0, i));
        for (int k = 0; k < 64; k++) {
          sum[k] += token[k];
        }
      }
      assertThat(cosine(mean.embed(text), sum)).isCloseTo(1, within(1e-4));
    }
  }

  private static EmbedderParams tokens() {
    return params().pooling(Pooling.LAST).normalize(false).build();
  }

  @Test
  void firstAndLastOfMoreThanABatch() {
    String text = "y".repeat(600);
    try (Embedder first = Embedder.open(tiny, params().pooling(Pooling.CLS).build());
        Embedder last = Embedder.open(tiny, params().pooling(Pooling.LAST).build())) {
      assertThat(cosine(first.embed(text), last.embed(""))).isCloseTo(1, within(1e-4));
      // the last token sees the first letter
      assertThat(last.embed("a" + text)).isNotEqualTo(last.embed("b" + text));
      assertThat(cosine(last.embed(text + "a"), last.embed(text + "b"))).isLessThan(0.99);
    }
  }

  @ParameterizedTest
  @CsvSource({"1, MEAN", "2, CLS", "3, LAST"})
  void poolingOfTheModel(int number, Pooling pooling) {
    try (Model model = model("llama.pooling_type", number);
        Embedder byModel = Embedder.open(model, params().build());
        Embedder byName = Embedder.open(tiny, params().pooling(pooling).build())) {
      assertThat(byModel.embed("pooling")).isEqualTo(byName.embed("pooling"));
    }
  }

  @Test
  void poolingIsMeanIfTheModelDoesNotSay() {
    try (Embedder silent = Embedder.open(tiny, params().build());
        Embedder mean = Embedder.open(tiny, params().pooling(Pooling.MEAN).build());
        Embedder last = Embedder.open(tiny, params().pooling(Pooling.LAST).build())) {
      assertThat(silent.embed("pooling")).isEqualTo(mean.embed("pooling"));
      assertThat(cosine(silent.embed("pooling"), last.embed("pooling"))).isLessThan(0.99);
    }
  }

  @Test
  void rankingModelsNeedAPooling() {
    try (Model model = model("llama.pooling_type", 4)) {
      assertThatThrownBy(() -> Embedder.open(model))
          .isInstanceOf(ContextCreationException.class)
          .hasMessageStartingWith("this model ranks texts");
      try (Embedder embedder = Embedder.open(model, params().pooling(Pooling.MEAN).build())) {
        assertThat(embedder.embed("x")).hasSize(64);
      }
    }
  }

  @Test
  void encodersTakeTheWholeTextAtOnce() {
    try (Model model = Model.load(new TinyEncoder(1_000, 2).path());
        Embedder embedder = Embedder.open(model, params().build())) {
      assertThat(embedder.contextSize()).isEqualTo(1_000);
      String text = "y".repeat(998);
      // its first token sees the last one
      assertThat(embedder.embed(text + "a")).isNotEqualTo(embedder.embed(text + "b"));
      tooLong(embedder, 1_001);
    }
  }

  @Test
  void modelsThatLookBothWaysTakeTheWholeTextAtOnce() {
    try (Model model = model("llama.attention.causal", false);
        Embedder embedder =
            Embedder.open(model, params().pooling(Pooling.CLS).contextSize(1_000).build())) {
      String text = "y".repeat(998);
      assertThat(embedder.embed(text + "a")).isNotEqualTo(embedder.embed(text + "b"));
      tooLong(embedder, 1_001);
    }
  }

  private static void tooLong(Embedder embedder, int tokens) {
    String text = "x".repeat(tokens - 1);
    assertThatThrownBy(() -> embedder.embed(text))
        .isInstanceOfSatisfying(
            PromptTooLongException.class,
            e -> {
              assertThat(e.promptTokens()).isEqualTo(tokens);
              assertThat(e.contextSize()).isEqualTo(embedder.contextSize());
            });
    assertThat(embedder.embed(text.substring(1))).hasSize(64);
  }

  @Test
  void noMoreThanTheModelWasTrainedWith() {
    try (Embedder embedder = Embedder.open(tiny, params().contextSize(0).build())) {
      assertThat(embedder.contextSize()).isEqualTo(8_192);
    }
    try (Embedder embedder = Embedder.open(tiny, params().contextSize(1 << 20).build())) {
      assertThat(embedder.contextSize()).isEqualTo(8_192);
    }
    try (Embedder embedder = Embedder.open(tiny, params().contextSize(3).build())) {
      tooLong(embedder, 4);
    }
    assertThat(EmbedderParams.defaults().contextSize()).isEqualTo(2_048);
  }

  @Test
  void modelsWithoutWeights() {
    ModelParams vocabOnly = ModelParams.builder().vocabOnly(true).build();
    try (Model model = Model.load(TinyModel.defaultPath(), vocabOnly)) {
      assertThatThrownBy(() -> Embedder.open(model))
          .isInstanceOf(ContextCreationException.class)
          .hasMessageStartingWith("cannot embed text: ");
    }
  }

  @Test
  void textsWithoutTokens() throws IOException {
    try (Embedder embedder = Embedder.open(tiny, params().build())) {
      // the model adds one
      assertThat(embedder.countTokens("")).isEqualTo(1);
      assertThat(embedder.embed("")).hasSize(64);
    }
    byte[] file = TinyModel.defaults().gguf().toByteArray();
    byte[] key = "tokenizer.ggml.add_bos_token".getBytes(US_ASCII);
    int value = new String(file, ISO_8859_1).indexOf(new String(key, US_ASCII)) + key.length + 4;
    file[value] = 0;
    try (Model model = Model.load(Files.write(directory.resolve("no-bos.gguf"), file));
        Embedder embedder = Embedder.open(model, params().build())) {
      refuses("text: no tokens, must have at least 1", () -> embedder.embed(""));
    }
  }

  @Test
  @SuppressWarnings("NullAway")
  void textsThatNativeCodeCannotTake() {
    try (Embedder embedder = Embedder.open(tiny, params().build())) {
      refuses("text: NUL at index 1, must have none", () -> embedder.embed("a\0b"));
      refuses(
          "texts: half a surrogate pair at index 0, must be whole characters",
          () -> embedder.embed(List.of("good", "\ud83d")));
      assertThatNullPointerException().isThrownBy(() -> embedder.embed((String) null));
      assertThatNullPointerException().isThrownBy(() -> embedder.embed(Arrays.asList("a", null)));
    }
    assertThatNullPointerException().isThrownBy(() -> Embedder.open(null));
    assertThatNullPointerException().isThrownBy(() -> Embedder.open(tiny, null));
    assertThatNullPointerException().isThrownBy(() -> params().pooling(null).build());
  }

  @Test
  void paramsOutOfRange() {
    refuses("contextSize: -1, must be in [0, 1048576]", () -> params().contextSize(-1).build());
    refuses(
        "contextSize: 1048577, must be in [0, 1048576]",
        () -> params().contextSize((1 << 20) + 1).build());
    refuses("threads: -1, must be in [0, 512]", () -> params().threads(-1).build());
    refuses("threads: 513, must be in [0, 512]", () -> params().threads(513).build());
  }

  private static void refuses(String message, Runnable call) {
    assertThatIllegalArgumentException().isThrownBy(call::run).withMessage(message);
  }

  @Test
  void weightsThatAreNoNumbers() throws IOException {
    byte[] file = Files.readAllBytes(new TinyEncoder(100, 1).path());
    // the last of the last bias
    ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).putFloat(file.length - 4, Float.NaN);
    Path path = Files.write(directory.resolve("nan.gguf"), file);
    try (Model model = Model.load(path);
        Embedder embedder = Embedder.open(model, params().build())) {
      assertThatThrownBy(() -> embedder.embed("x"))
          .isInstanceOf(GenerationException.class)
          .hasMessage("the model gave an embedding that is not finite");
    }
  }
}
