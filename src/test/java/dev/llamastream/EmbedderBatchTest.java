package dev.llamastream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.llamastream.engine.Engine;
import dev.llamastream.engine.EngineParams;
import dev.llamastream.fixture.TinyEncoder;
import dev.llamastream.fixture.TinyModel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Texts that are embedded and ranked together, and beside streams. */
@Timeout(600)
class EmbedderBatchTest {

  private static final int PROCESSORS = Runtime.getRuntime().availableProcessors();

  /** Takes minutes. */
  private static final List<Prompt> HUGE =
      Collections.nCopies(2_048, new Prompt.Text("y".repeat(500)));

  private Model model;

  @BeforeEach
  void load() {
    model = Model.load(TinyModel.defaults().withText(TinyModel.Text.PRINTABLE).path());
  }

  @AfterEach
  void close() {
    model.close();
  }

  private static List<String> mixed() {
    Random random = new Random(1);
    return Stream.concat(
            Stream.of("", "é", "y".repeat(1_500)),
            IntStream.range(0, 90).mapToObj(i -> i + "x".repeat(random.nextInt(90))))
        .toList();
  }

  private static List<Prompt> prompts(List<String> texts) {
    return texts.stream().<Prompt>map(Prompt.Text::new).toList();
  }

  /** But for the last bits, which depend on the texts in the same batch. */
  private static void assertSame(float[] actual, float[] expected) {
    assertThat(actual).containsExactly(expected, within(1e-3f));
  }

  private static void togetherAsAlone(Embedder embedder, List<String> texts) {
    List<Embedding> together = embedder.embedAll(prompts(texts));
    List<float[]> vectors = embedder.embed(texts);
    assertThat(together).hasSize(texts.size());
    for (int i = 0; i < texts.size(); i++) {
      String text = texts.get(i);
      assertSame(together.get(i).vector(), embedder.embed(text));
      assertSame(vectors.get(i), together.get(i).vector());
      assertThat(together.get(i).tokens()).isEqualTo(embedder.countTokens(text));
    }
  }

  @ParameterizedTest
  @EnumSource(Pooling.class)
  void togetherAsAlone(Pooling pooling) {
    EmbedderParams params = EmbedderParams.builder().pooling(pooling).threads(1).build();
    try (Embedder embedder = Embedder.open(model, params)) {
      togetherAsAlone(embedder, mixed());
    }
  }

  @Test
  void togetherAsAloneInAnEncoder() {
    try (Model encoder = Model.load(new TinyEncoder(1_600, 2).path());
        Embedder embedder = Embedder.open(encoder)) {
      togetherAsAlone(embedder, mixed());
    }
  }

  @Test
  void documentsTogetherAsAlone() {
    try (Model ranking = Model.load(new TinyEncoder(1_600, 4).path());
        Reranker reranker = Reranker.open(ranking)) {
      List<String> documents = mixed();
      List<Relevance> together = reranker.scoreAll("why?", documents);
      for (int i = 0; i < documents.size(); i++) {
        String document = documents.get(i);
        Relevance relevance = together.get(i);
        assertThat(relevance.score()).isCloseTo(reranker.score("why?", document), within(1e-3f));
        assertThat(relevance.tokens()).isEqualTo(reranker.countTokens("why?", document));
      }
      assertThat(reranker.scoreAll("why?", List.of())).isEmpty();
    }
  }

  @Test
  void textsAndTokens() {
    try (Embedder embedder = Embedder.open(model)) {
      List<Integer> ids = IntStream.of(model.tokenizer().encode("two")).boxed().toList();
      List<Embedding> both =
          embedder.embedAll(List.of(new Prompt.Tokens(ids), new Prompt.Text("two")));
      assertSame(both.getFirst().vector(), both.getLast().vector());
      assertThat(both).extracting(Embedding::tokens).containsExactly(ids.size(), ids.size());
    }
  }

  @Test
  void cutToItsBeginning() {
    try (Embedder embedder =
        Embedder.open(model, EmbedderParams.builder().contextSize(10).build())) {
      List<Prompt> inputs =
          List.of(
              new Prompt.Text("abcdefghijkl"),
              new Prompt.Text("abc"),
              new Prompt.Tokens(Collections.nCopies(12, 100)));
      List<Embedding> cut = embedder.embedAll(inputs, 4);
      assertThat(cut).extracting(Embedding::tokens).containsExactly(4, 4, 4);
      assertSame(cut.get(0).vector(), cut.get(1).vector());
      assertThat(embedder.embedAll(inputs, 10).getFirst().tokens()).isEqualTo(10);
      assertThatThrownBy(() -> embedder.embedAll(inputs))
          .isInstanceOf(PromptTooLongException.class);
      for (int wrong : new int[] {0, -1, 11}) {
        assertThatIllegalArgumentException()
            .isThrownBy(() -> embedder.embedAll(inputs, wrong))
            .withMessage("maxTokens: " + wrong + ", must be in [1, 10]");
      }
    }
  }

  @Test
  void documentsCutToTheirBeginning() {
    try (Model ranking = Model.load(new TinyEncoder(300, 4).path());
        Reranker reranker = Reranker.open(ranking)) {
      List<Relevance> cut = reranker.scoreAll("why?", List.of("because", "be"), 7);
      assertThat(cut).extracting(Relevance::tokens).containsExactly(7, 7);
      assertThat(cut.getFirst().score()).isEqualTo(cut.getLast().score());
      assertThatThrownBy(() -> reranker.scoreAll("why?", List.of("x"), 5))
          .isInstanceOf(PromptTooLongException.class);
    }
  }

  @Test
  @SuppressWarnings("NullAway")
  void refusedInputs() {
    try (Embedder embedder = Embedder.open(model)) {
      assertThat(embedder.embedAll(List.of())).isEmpty();
      assertThatNullPointerException().isThrownBy(() -> embedder.embedAll(null));
      assertThatNullPointerException()
          .isThrownBy(() -> embedder.embedAll(Arrays.asList(new Prompt.Text("a"), null)));
      assertThatIllegalArgumentException()
          .isThrownBy(() -> embedder.embedAll(prompts(List.of("a", "b\0"))))
          .withMessage("inputs: NUL at index 1, must have none");
      assertThatIllegalArgumentException()
          .isThrownBy(() -> embedder.embedAll(List.of(new Prompt.Tokens(List.of(-1)))))
          .withMessageStartingWith("tokens: token -1");
    }
  }

  /** Embeds on a thread of its own. */
  private record Run(Thread thread, CompletableFuture<Object> end) {

    static Run of(Embedder embedder, List<Prompt> inputs) {
      CompletableFuture<Object> end = new CompletableFuture<>();
      Thread thread =
          Thread.ofVirtual()
              .start(
                  () -> {
                    try {
                      end.complete(embedder.embedAll(inputs));
                    } catch (RuntimeException e) {
                      end.complete(e);
                    }
                  });
      return new Run(thread, end);
    }
  }

  @Test
  void aHugeListHoldsUpNobody() {
    try (Embedder embedder = Embedder.open(model)) {
      Run huge = Run.of(embedder, HUGE);
      for (int i = 0; i < 5; i++) {
        assertThat(embedder.embed("short")).hasSize(64);
      }
      assertThat(huge.end()).isNotDone();

      huge.thread().interrupt();
      assertThat(huge.end().join()).isInstanceOf(CancellationException.class);
      assertThat(embedder.embed("short")).hasSize(64);
    }
  }

  @Test
  void whoLeavesDisturbsNobody() {
    try (Embedder embedder = Embedder.open(model)) {
      List<String> texts = mixed();
      List<float[]> expected = embedder.embed(texts);
      List<Run> runs = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        Run leaving = Run.of(embedder, HUGE);
        runs.add(Run.of(embedder, prompts(texts)));
        assertThat(embedder.embed("short")).hasSize(64);
        leaving.thread().interrupt();
        assertThat(leaving.end().join()).isInstanceOf(CancellationException.class);
      }
      for (Run run : runs) {
        assertThat(run.end().join())
            .isInstanceOfSatisfying(
                List.class,
                list -> {
                  for (int i = 0; i < expected.size(); i++) {
                    assertSame(((Embedding) list.get(i)).vector(), expected.get(i));
                  }
                });
      }
    }
  }

  @Test
  void aCloseEndsAHugeList() {
    Embedder embedder = Embedder.open(model);
    Run huge = Run.of(embedder, HUGE);
    assertThat(embedder.embed("short")).hasSize(64);
    embedder.close();
    assertThat(huge.end().join())
        .isInstanceOfSatisfying(
            IllegalStateException.class, e -> assertThat(e).hasMessage("the embedder is closed"));
    assertThatIllegalStateException()
        .isThrownBy(() -> embedder.embedAll(prompts(List.of("a"))))
        .withMessage("the embedder is closed");
  }

  /** With all processors each, they take turns. */
  @Test
  void streamsContinueBesideAHugeList() {
    ContextParams context =
        ContextParams.builder()
            .contextSize(4_096)
            .threads(PROCESSORS)
            .batchThreads(PROCESSORS)
            .build();
    EmbedderParams all = EmbedderParams.builder().threads(PROCESSORS).build();
    Engine engine = Engine.open(model, EngineParams.builder().context(context).build());
    try (Embedder embedder = Embedder.open(model, all)) {
      List<String> texts = mixed();
      List<float[]> expected = embedder.embed(texts);
      Run huge = Run.of(embedder, HUGE);
      List<float[]> beside;
      try (TokenStream stream = engine.generateStream("a", 3_000)) {
        for (int i = 0; i < 50; i++) {
          assertThat(stream.hasNext()).isTrue();
          assertThat(stream.next()).isNotNull();
        }
        beside = embedder.embed(texts);
      }
      // closes without waiting for the list
      engine.close();
      assertThat(huge.end()).isNotDone();
      huge.thread().interrupt();
      assertThat(huge.end().join()).isInstanceOf(CancellationException.class);
      for (int i = 0; i < expected.size(); i++) {
        assertSame(beside.get(i), expected.get(i));
      }
    } finally {
      engine.close();
    }
  }
}
