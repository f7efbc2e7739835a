package dev.llamastream;

import static dev.llamastream.TestStreams.greedy;
import static dev.llamastream.TestStreams.open;
import static dev.llamastream.TestStreams.pieces;
import static dev.llamastream.TestStreams.tokens;
import static dev.llamastream.TestStreams.wild;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.llamastream.fixture.ByteVocabulary;
import dev.llamastream.fixture.ScriptedModel;
import dev.llamastream.fixture.TinyModel;
import dev.llamastream.fixture.TinySlidingWindow;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Several tokens per decode: the text is what it is without. */
class SpeculationTest {

  private static final ScriptedModel CYCLE =
      ScriptedModel.of(
              IntStream.range(0, 20)
                  .mapToObj(i -> String.format(Locale.ROOT, "<%02d>", i))
                  .toArray(String[]::new))
          .repeat();

  private static Model model;
  private static Model smaller;

  @BeforeAll
  static void load() {
    model = Model.load(CYCLE.withLayers(24).path());
    smaller = Model.load(CYCLE.path());
  }

  @AfterAll
  static void close() {
    model.close();
    smaller.close();
  }

  static Stream<Speculation> kinds() {
    return Stream.of(Speculation.promptLookup(), Speculation.draftModel(smaller));
  }

  private static GenerationRequest.Builder request(SamplerParams sampler) {
    return GenerationRequest.builder(new int[] {ByteVocabulary.BEGIN, CYCLE.token(19)})
        .sampler(sampler)
        .maxTokens(200);
  }

  private static List<Token> generate(GenerationRequest.Builder request, Speculation speculation) {
    try (Context context = open(model, 1024)) {
      return tokens(context.streamWithStats(request.speculation(speculation).build()));
    }
  }

  private static void assertUnchanged(GenerationRequest.Builder request, Speculation speculation) {
    List<Token> alone = generate(request, Speculation.none());
    assertThat(generate(request, speculation)).isEqualTo(alone);
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void rightGuessesSaveDecodes(Speculation speculation) {
    try (Context context = open(model, 1024);
        MeteredStream stream =
            context.streamWithStats(
                request(SamplerParams.greedy()).speculation(speculation).build())) {
      assertThat(pieces(stream)).hasSize(200);
      StreamStats stats = stream.stats();
      assertThat(stats.generatedTokens()).isEqualTo(200);
      assertThat(stats.acceptedTokens()).isEqualTo(stats.draftedTokens()).isGreaterThan(120);
    }
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void wrongGuessesChangeNothing(Speculation speculation) {
    assertUnchanged(request(wild(7).build()), speculation);
    try (Context context = open(model, 1024);
        MeteredStream stream =
            context.streamWithStats(request(wild(7).build()).speculation(speculation).build())) {
      pieces(stream);
      assertThat(stream.stats().draftedTokens())
          .isGreaterThan(stream.stats().acceptedTokens())
          .isGreaterThan(20);
    }
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void worksWithAllThatChangesProbabilities(Speculation speculation) {
    for (SamplerParams sampler :
        List.of(
            SamplerParams.greedy(),
            wild(7).repeatPenalty(1.3).frequencyPenalty(0.5).presencePenalty(0.5).build(),
            wild(7).mirostat(new Mirostat(2, 5, 0.1)).build(),
            wild(7).dry(Dry.of(1)).build(),
            wild(7).grammar("root ::= ([<] [0-9]+ [>])+").build(),
            SamplerParams.builder().temperature(0).repeatPenalty(3).penaltyLastN(30).build())) {
      assertUnchanged(request(sampler), speculation);
    }
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void worksWithAllThatEndsAStream(Speculation speculation) {
    SamplerParams greedy = SamplerParams.greedy();
    assertUnchanged(request(greedy).stopSequences("<05><06>", "07><0"), speculation);
    for (int most : new int[] {0, 1, 2, 3, 45, 46, 47}) {
      assertUnchanged(request(greedy).maxTokens(most), speculation);
    }
    assertUnchanged(request(greedy).maxTokens(5_000), speculation); // until the context is full
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void probabilitiesAreThoseOfTheTokens(Speculation speculation) {
    GenerationRequest.Builder request = request(wild(7).build()).logprobs(true).topLogprobs(3);
    List<Token> alone = generate(request, Speculation.none());
    List<Token> together = generate(request, speculation);
    assertThat(together)
        .usingRecursiveComparison()
        .withComparatorForType((a, b) -> Math.abs(a - b) < 1e-3 ? 0 : 1, Float.class)
        .isEqualTo(alone);
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void aContextThatShiftsGoesOn(Speculation speculation) {
    List<List<Token>> texts = new ArrayList<>();
    for (Speculation one : List.of(Speculation.none(), speculation)) {
      try (Context context = TestStreams.openEndless(model, 256)) {
        texts.add(
            tokens(
                context.streamWithStats(
                    request(SamplerParams.greedy()).maxTokens(1_000).speculation(one).build())));
      }
    }
    assertThat(texts.getFirst()).hasSize(1_000).isEqualTo(texts.getLast());
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void aStreamMayEndOrBeSavedBetweenTwoTokensOfOneDecode(Speculation speculation) {
    try (Context context = open(model, 1024);
        Context other = open(model, 1024)) {
      for (int count = 30; count < 50; count++) {
        MeteredStream stream =
            context.streamWithStats(
                request(SamplerParams.greedy()).speculation(speculation).build());
        for (int i = 0; i < count; i++) {
          stream.next();
        }
        other.loadState(context.saveState());
        if (count % 2 == 0) {
          stream.cancel();
        }
        GenerationRequest next =
            request(wild(7).build()).maxTokens(30).speculation(speculation).build();
        List<String> expected = pieces(other.generateStream(next));
        assertThat(pieces(context.generateStream(next))).isEqualTo(expected);
        assertThat(stream.finishReason())
            .contains(count % 2 == 0 ? FinishReason.CANCELLED : FinishReason.SUPERSEDED);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void aTimeoutEndsIt(Speculation speculation) {
    try (Context context = open(model, 8192)) {
      MeteredStream stream =
          context.streamWithStats(
              request(SamplerParams.greedy())
                  .maxTokens(Integer.MAX_VALUE)
                  .timeout(Duration.ofMillis(200))
                  .speculation(speculation)
                  .build());
      while (stream.hasNext()) {
        stream.next();
      }
      assertThat(stream.finishReason())
          .isPresent()
          .get()
          .isIn(FinishReason.TIMEOUT, FinishReason.CONTEXT_FULL);
    }
  }

  /** The tiny model's text depends on each token before: a wrong cell would change it. */
  @Test
  void forgetsWrongGuesses() {
    try (Model tiny = Model.load(TinyModel.defaults().withLayers(12).path());
        Model draft = Model.load(TinyModel.defaults().withLayers(1).path())) {
      int[] prompt = tiny.tokenizer().encode("abcabcabdabcabeabcabd".repeat(4));
      for (Speculation speculation :
          List.of(Speculation.promptLookup(), Speculation.draftModel(draft))) {
        List<List<Token>> texts = new ArrayList<>();
        int drafted = 0;
        for (Speculation one : List.of(Speculation.none(), speculation)) {
          try (Context context = open(tiny, 1024)) {
            MeteredStream stream =
                context.streamWithStats(
                    greedy(prompt)
                        .maxTokens(300)
                        .logprobs(true)
                        .topLogprobs(2)
                        .speculation(one)
                        .build());
            texts.add(tokens(stream));
            drafted = stream.stats().draftedTokens();
          }
        }
        assertSameUntilATie(texts.getLast(), texts.getFirst());
        assertThat(drafted).as("%s", speculation).isPositive();
      }
    }
  }

  /** Kernels for several tokens round otherwise than those for one, which may decide a tie. */
  private static void assertSameUntilATie(List<Token> actual, List<Token> expected) {
    int same = 0;
    while (same < expected.size() && actual.get(same).id() == expected.get(same).id()) {
      same++;
    }
    if (same < expected.size()) {
      List<TokenLogprob> best = expected.get(same).topLogprobs();
      assertThat(best.getFirst().logprob() - best.getLast().logprob())
          .as("a tie at token %d", same)
          .isLessThan(0.02f);
      assertThat(same).isGreaterThan(20);
    }
  }

  /** The whole of a text with one word changed: the model stops copying in between. */
  @Test
  void theDefaultModelCopiesAndChanges() {
    String text =
        "The man walked down to the river every morning. He carried a box, a blanket and a lantern"
            + " that his father had given him. Nobody knew what he kept in the box, and nobody"
            + " dared to ask him. When he reached the water he sat down, opened the box and took"
            + " out a flute.";
    String prompt =
        "<|im_start|>user\nRepeat this text, but write \"lake\" for \"river\".\n\n"
            + text
            + "<|im_end|>\n<|im_start|>assistant\n";
    Path real = Path.of(System.getProperty("llamastream.test.model"));
    try (Model loaded = Model.load(real);
        Context context = open(loaded, 1024)) {
      GenerationRequest.Builder request = greedy(prompt).maxTokens(90);
      String alone = context.complete(request.build()).text();
      MeteredStream stream =
          context.streamWithStats(request.speculation(Speculation.promptLookup()).build());
      assertThat(String.join("", pieces(stream))).isEqualTo(alone);
      assertThat(stream.stats().acceptedTokens()).isGreaterThan(40);
      assertThat(stream.stats().draftedTokens()).isGreaterThan(stream.stats().acceptedTokens());
    }
  }

  @Test
  void anotherVocabularyIsRefused() {
    try (Model other = Model.load(TinyModel.defaults().withPieces("a b").path());
        Model larger = Model.load(Path.of(System.getProperty("llamastream.test.model")));
        Context context = open(model, 256)) {
      for (Model draft : List.of(other, larger)) {
        assertThatExceptionOfType(InvalidValueException.class)
            .isThrownBy(
                () ->
                    context.generateStream(
                        request(SamplerParams.greedy())
                            .speculation(Speculation.draftModel(draft))
                            .build()))
            .withMessageStartingWith("speculation: ")
            .withMessageContaining("must");
      }
      assertThat(pieces(context.generateStream(request(SamplerParams.greedy()).build())))
          .hasSize(200);
    }
  }

  @Test
  void aClosedDraftModelIsRefusedOrDoesNotStopTheStream() {
    Model draft = Model.load(CYCLE.path());
    try (Context context = open(model, 1024)) {
      GenerationRequest request =
          request(SamplerParams.greedy()).speculation(Speculation.draftModel(draft)).build();
      TokenStream stream = context.generateStream(request);
      for (int i = 0; i < 50; i++) {
        stream.next();
      }
      draft.close();
      assertThat(pieces(stream)).hasSize(150);
      assertThatIllegalStateException().isThrownBy(() -> context.generateStream(request));
    }
  }

  @Test
  void reproducibleModeRefusesIt() {
    ContextParams params = ContextParams.builder().contextSize(256).reproducible(true).build();
    try (Model plain =
            Model.load(
                TinyModel.defaultPath(), ModelParams.builder().repackWeights(false).build());
        Context context = new Context(plain, params)) {
      assertThatExceptionOfType(InvalidValueException.class)
          .isThrownBy(
              () ->
                  context.generateStream(
                      greedy("hello").speculation(Speculation.promptLookup()).build()))
          .withMessage(
              "speculation: not in reproducible mode:"
                  + " a decode of several tokens rounds differently");
    }
  }

  @Test
  void aMemoryThatCannotForgetAndAScoredPromptGoWithout() {
    try (Model sliding = Model.load(TinySlidingWindow.path());
        Context context = open(sliding, 256)) {
      MeteredStream stream =
          context.streamWithStats(
              greedy("aaaaaaaa").maxTokens(20).speculation(Speculation.promptLookup()).build());
      assertThat(pieces(stream)).isNotEmpty();
      assertThat(stream.stats().draftedTokens()).isZero();
    }
    assertUnchanged(request(SamplerParams.greedy()).scorePrompt(true), Speculation.promptLookup());
  }

  @Test
  void isAValue() {
    assertThat(Speculation.promptLookup()).isEqualTo(Speculation.promptLookup());
    assertThat(Speculation.draftModel(smaller))
        .isEqualTo(Speculation.draftModel(smaller))
        .hasSameHashCodeAs(Speculation.draftModel(smaller))
        .isNotEqualTo(Speculation.draftModel(model))
        .isNotEqualTo(Speculation.promptLookup());
    assertThat(Speculation.none()).hasToString("none");
    assertThat(Speculation.promptLookup().draftModel()).isEmpty();
  }
}
