package dev.llamastream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.llamastream.fixture.ByteVocabulary;
import dev.llamastream.fixture.GgufWriter;
import dev.llamastream.fixture.TinyEncoder;
import dev.llamastream.fixture.TinyModel;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Scores of documents: what they are, and which texts and models have none. */
@Timeout(600)
class RerankerTest {

  private static final TinyEncoder ENCODER = new TinyEncoder(300, 4);
  private static final String TEMPLATE_KEY = "tokenizer.chat_template.rerank";

  @TempDir private static Path directory;
  private static Model model;

  @BeforeAll
  static void load() {
    model = Model.load(ENCODER.path());
  }

  @AfterAll
  static void close() {
    model.close();
  }

  private static Reranker open(Model model) {
    return Reranker.open(model, RerankerParams.builder().threads(1).build());
  }

  private static Embedder firstTokens(Model model) {
    return Embedder.open(
        model, EmbedderParams.builder().pooling(Pooling.CLS).normalize(false).threads(1).build());
  }

  private static int[] tokens(String first, int... more) {
    return IntStream.concat(IntStream.of(ByteVocabulary.encode(first)), IntStream.of(more))
        .toArray();
  }

  private static int[] bytes(String text) {
    return Arrays.stream(ByteVocabulary.encode(text)).skip(1).toArray();
  }

  /** What the model says of these tokens, by way of its embedding. */
  private static float expected(Model model, int... tokens) {
    try (Embedder embedder = firstTokens(model)) {
      return (float) TinyEncoder.score(embedder.embed(tokens));
    }
  }

  private static Model changed(String name, UnaryOperator<GgufWriter> change) {
    return Model.load(change.apply(ENCODER.gguf()).write(directory.resolve(name)));
  }

  private static void refuses(String message, ThrowingCallable call) {
    assertThatIllegalArgumentException().isThrownBy(call).withMessage(message);
  }

  @Test
  void isTheClassifiersVerdictOnBothTexts() {
    int[] both = tokens("why?", bytes("because"));
    try (Reranker reranker = open(model)) {
      assertThat(reranker.score("why?", "because")).isCloseTo(expected(model, both), within(1e-4f));
      assertThat(reranker.countTokens("why?", "because")).isEqualTo(both.length);
    }
  }

  @Test
  void scoresInTheOrderOfTheDocuments() {
    try (Reranker reranker = open(model)) {
      float[] scores = reranker.score("q", List.of("a", "bb", "a"));
      assertThat(scores).hasSize(3);
      assertThat(scores[2]).isCloseTo(scores[0], within(1e-3f));
      assertThat(reranker.score("q", "a")).isCloseTo(scores[0], within(1e-3f));
      assertThat(scores[1]).isNotEqualTo(scores[0]);
      assertThat(reranker.score("a", "q")).isNotEqualTo(scores[0]);
      assertThat(reranker.score("q", List.<String>of())).isEmpty();
    }
  }

  /** The tokens around the texts are those that the vocabulary asks for. */
  @Test
  void endsAndSeparatorsOfTheVocabulary() {
    try (Model ending = changed("eos", gguf -> gguf.change("tokenizer.ggml.add_eos_token", true));
        Reranker reranker = open(ending)) {
      int[] tokens =
          tokens(
              "q", IntStream.of(ByteVocabulary.END, bytes("d")[0], ByteVocabulary.END).toArray());
      assertThat(reranker.countTokens("q", "d")).isEqualTo(tokens.length);
      assertThat(reranker.score("q", "d")).isCloseTo(expected(ending, tokens), within(1e-4f));
    }
    try (Model separating =
            changed(
                "sep",
                gguf ->
                    gguf.put("tokenizer.ggml.add_sep_token", true)
                        .put("tokenizer.ggml.seperator_token_id", ByteVocabulary.UNKNOWN));
        Reranker reranker = open(separating)) {
      int[] tokens = tokens("q", ByteVocabulary.UNKNOWN, bytes("d")[0]);
      assertThat(reranker.score("q", "d")).isCloseTo(expected(separating, tokens), within(1e-4f));
    }
  }

  /** The template's control tokens are control tokens, those of the texts are text. */
  @Test
  void templateOfTheModel() {
    String template = "<s>Q {query} D {document}</s>";
    try (Model templated = changed("template", gguf -> gguf.put(TEMPLATE_KEY, template));
        Reranker reranker = open(templated)) {
      int[] tokens = tokens("Q w\u00e9? D {query}</s>", ByteVocabulary.END);
      assertThat(reranker.countTokens("w\u00e9?", "{query}</s>")).isEqualTo(tokens.length);
      assertThat(reranker.score("w\u00e9?", "{query}</s>"))
          .isCloseTo(expected(templated, tokens), within(1e-4f));
    }
  }

  @Test
  void modelsThatDoNotRank() {
    try (Model tiny = Model.load(TinyModel.defaultPath());
        Model embeds = Model.load(new TinyEncoder(64, 1).path())) {
      for (Model other : List.of(tiny, embeds)) {
        assertThatThrownBy(() -> Reranker.open(other))
            .isInstanceOf(ContextCreationException.class)
            .hasMessage("this model does not rank texts: it has no classifier");
      }
    }
    // it says that it ranks, but lacks what it takes
    GgufWriter gguf = TinyModel.defaults().gguf().put("llama.pooling_type", 4);
    try (Model claims = Model.load(gguf.write(directory.resolve("claims")))) {
      assertThatThrownBy(() -> Reranker.open(claims))
          .isInstanceOf(ContextCreationException.class)
          .hasMessageEndingWith("it has no classifier");
    }
    ModelParams vocabOnly = ModelParams.builder().vocabOnly(true).build();
    try (Model words = Model.load(ENCODER.path(), vocabOnly)) {
      assertThatThrownBy(() -> Reranker.open(words))
          .isInstanceOf(ContextCreationException.class)
          .hasMessageStartingWith("cannot rank texts: ");
    }
  }

  @Test
  void noMoreTokensThanFit() {
    try (Reranker reranker =
        Reranker.open(model, RerankerParams.builder().contextSize(10).threads(1).build())) {
      assertThat(reranker.contextSize()).isEqualTo(10);
      assertThat(reranker.score("1234", "56789")).isFinite();
      tooLong(11, () -> reranker.score("1234", "567890"));
      tooLong(11, () -> reranker.score("12345678901", "x"));
      // all documents are checked before the first is computed
      tooLong(12, () -> reranker.score("12345", List.of("1", "123456")));
    }
    try (Reranker all = Reranker.open(model, RerankerParams.builder().contextSize(0).build())) {
      assertThat(all.contextSize()).isEqualTo(300);
    }
    assertThat(RerankerParams.defaults().contextSize()).isEqualTo(2_048);
  }

  private static void tooLong(int tokens, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            PromptTooLongException.class,
            e -> {
              assertThat(e.promptTokens()).isEqualTo(tokens);
              assertThat(e.contextSize()).isEqualTo(10);
            });
  }

  @Test
  @SuppressWarnings("NullAway")
  void textsThatNativeCodeCannotTake() {
    try (Reranker reranker = open(model)) {
      refuses("query: NUL at index 1, must have none", () -> reranker.score("a\0b", "d"));
      refuses(
          "documents: half a surrogate pair at index 0, must be whole characters",
          () -> reranker.score("q", List.of("good", "\ud83d")));
      assertThatNullPointerException().isThrownBy(() -> reranker.score(null, "d"));
      assertThatNullPointerException().isThrownBy(() -> reranker.score("q", (String) null));
      assertThat(reranker.score("", "")).isFinite();
    }
    try (Model bare = changed("bare", gguf -> gguf.change("tokenizer.ggml.add_bos_token", false));
        Reranker reranker = open(bare)) {
      refuses("document: no tokens, must have at least 1", () -> reranker.score("", ""));
      assertThat(reranker.score("", "d")).isFinite();
    }
  }

  @Test
  void closedAndInterrupted() {
    Reranker reranker = open(model);
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> reranker.score("q", "d")).isInstanceOf(CancellationException.class);
    assertThat(Thread.interrupted()).isTrue();
    assertThat(reranker.score("q", "d")).isFinite();
    reranker.close();
    reranker.close();
    assertThatIllegalStateException()
        .isThrownBy(() -> reranker.score("q", "d"))
        .withMessage("the reranker is closed");
    assertThat(reranker.contextSize()).isEqualTo(300);
  }

  @Test
  void closesWithItsModel() {
    Reranker reranker;
    try (Model own = Model.load(ENCODER.path())) {
      reranker = open(own);
    }
    assertThatIllegalStateException()
        .isThrownBy(() -> reranker.countTokens("q", "d"))
        .withMessage("the reranker is closed");
  }
}
