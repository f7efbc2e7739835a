package dev.llamastream.engine;

import static dev.llamastream.TestStreams.greedy;
import static dev.llamastream.TestStreams.open;
import static dev.llamastream.TestStreams.pieces;
import static dev.llamastream.TestStreams.tokens;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.llamastream.Completion;
import dev.llamastream.Context;
import dev.llamastream.ContextCreationException;
import dev.llamastream.FinishReason;
import dev.llamastream.GenerationRequest;
import dev.llamastream.MeteredStream;
import dev.llamastream.Model;
import dev.llamastream.ModelParams;
import dev.llamastream.PromptTooLongException;
import dev.llamastream.SamplerParams;
import dev.llamastream.StreamStats;
import dev.llamastream.Token;
import dev.llamastream.TokenLogprob;
import dev.llamastream.TokenStream;
import dev.llamastream.fixture.ScriptedModel;
import dev.llamastream.fixture.TinyModel;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What an engine promises of one stream. */
@Timeout(600)
class EngineContractTest {

  private static final ScriptedModel SCRIPT =
      ScriptedModel.of("Hello", " ", "wörld", "!", " 👋", "");
  private static final String TEXT = "Hello wörld! 👋";
  private static final SamplerParams GREEDY = SamplerParams.greedy();

  private static Model scripted;
  private static Model tiny;
  private static Engine engine;
  private static Engine tinyEngine;

  @BeforeAll
  static void openEngines() {
    scripted = Model.load(SCRIPT.path());
    tiny = Model.load(TinyModel.defaultPath());
    engine = Engine.open(scripted, Engines.params().build());
    tinyEngine = Engine.open(tiny, Engines.params().build());
  }

  @AfterAll
  static void close() {
    scripted.close();
    tiny.close();
  }

  @Test
  void overloads() {
    assertThat(pieces(engine.generateStream("x")))
        .containsExactly("Hello", " ", "wörld", "!", " 👋");
    assertThat(engine.generateStream("x", 3).stream()).containsExactly("Hello", " ", "wörld");
    assertThat(engine.generateStream("x", 2, GREEDY).stream()).containsExactly("Hello", " ");
    assertThat(engine.streamWithStats("x").stream()).hasSize(5);
    assertThat(engine.streamWithStats("x", 3).stream()).hasSize(3);
    assertThat(engine.streamWithStats("x", 2, GREEDY).stream()).hasSize(2);
    GenerationRequest request = greedy("x").maxTokens(1).build();
    assertThat(engine.generateStream(request).stream()).containsExactly("Hello");
    assertThat(engine.streamWithStats(request).stream()).containsExactly("Hello");
    assertThat(engine.generateAsync(request).join()).isEqualTo("Hello");
    assertThat(engine.generateAll(List.of(request))).containsExactly("Hello");
  }

  @Test
  void streamsCanBePolled() throws Exception {
    for (PollableStream stream :
        List.of(
            engine.generateStream("x"),
            engine.generateStream("x", 3),
            engine.generateStream("x", 3, GREEDY),
            engine.generateStream(greedy("x").build()),
            engine.streamWithStats("x"),
            engine.streamWithStats("x", 3),
            engine.streamWithStats("x", 3, GREEDY))) {
      CountDownLatch ready = new CountDownLatch(1);
      Optional<Token> token = stream.poll(ready::countDown);
      if (token.isEmpty()) {
        ready.await();
        token = stream.poll(() -> {});
      }
      assertThat(token).map(Token::text).contains("Hello");
      stream.cancel();
    }
  }

  @Test
  void completions() {
    Completion completion = engine.complete("x");
    assertThat(completion.text()).isEqualTo(TEXT);
    assertThat(completion.finishReason()).isEqualTo(FinishReason.END_OF_TEXT);
    assertThat(completion.stats().generatedTokens()).isEqualTo(6);
    assertThat(completion.tokens()).isEmpty();

    GenerationRequest request = greedy("x").echo(true).maxTokens(2).collectTokens(true).build();
    Completion kept = engine.complete(request);
    assertThat(kept.text()).isEqualTo("xHello ");
    assertThat(kept.finishReason()).isEqualTo(FinishReason.MAX_TOKENS);
    assertThat(kept.tokens()).isEqualTo(tokens(engine.generateStream(request)));
  }

  @Test
  void defaultsOfTheOverloads() {
    MeteredStream stream = tinyEngine.streamWithStats("x");
    assertThat(tokens(stream)).hasSize(GenerationRequest.DEFAULT_MAX_TOKENS);
    assertThat(stream.finishReason()).contains(FinishReason.MAX_TOKENS);
    try (Engine byDefault = Engine.open(scripted)) {
      assertThat(byDefault.contextSize())
          .isEqualTo(EngineParams.defaults().context().contextSize());
      assertThat(byDefault.generateStream("x").stream()).hasSize(5);
    }
  }

  @Test
  void tokensAreThoseOfAContext() {
    GenerationRequest request = greedy("abc").maxTokens(40).logprobs(true).topLogprobs(3).build();
    try (Context context = open(tiny, 4096)) {
      List<Token> expected = tokens(context.generateStream(request));
      List<Token> actual = tokens(tinyEngine.generateStream(request));
      assertThat(actual).hasSameSizeAs(expected);
      for (int i = 0; i < actual.size(); i++) {
        Token token = actual.get(i);
        assertThat(token.id()).isEqualTo(expected.get(i).id());
        assertThat(token.text()).isEqualTo(expected.get(i).text());
        assertThat(token.position()).isEqualTo(expected.get(i).position());
        assertThat(token.logprob()).isCloseTo(expected.get(i).logprob(), within(0.01f));
        assertThat(token.topLogprobs())
            .hasSize(3)
            .isSortedAccordingTo(Comparator.comparingDouble(TokenLogprob::logprob).reversed())
            .first()
            .isEqualTo(new TokenLogprob(token.id(), token.logprob()));
      }
    }
  }

  @Test
  void logprobsOnlyIfAskedFor() {
    assertThat(tokens(engine.generateStream("x", 3)))
        .allSatisfy(
            token -> {
              assertThat(token.logprob()).isNaN();
              assertThat(token.topLogprobs()).isEmpty();
            });
  }

  @Test
  void echo() {
    TokenStream stream = engine.generateStream(greedy("wüst").echo(true).maxTokens(1).build());
    assertThat(pieces(stream)).containsExactly("wüst", "Hello");
    int[] ids = {1, 'a' + 3, 'b' + 3};
    TokenStream byIds = engine.generateStream(greedy(ids).echo(true).maxTokens(1).build());
    assertThat(pieces(byIds)).containsExactly("ab", "Hello");
    TokenStream byTokens = engine.generateStream(greedy("x").echo(true).maxTokens(1).build());
    assertThat(tokens(byTokens)).extracting(Token::text).containsExactly("Hello");
  }

  @Test
  void stopSequences() {
    TokenStream stream =
        engine.generateStream(greedy("x").stopSequences("rld!", "nothing").build());
    assertThat(String.join("", pieces(stream))).isEqualTo("Hello wö");
    assertThat(stream.finishReason()).contains(FinishReason.STOP_SEQUENCE);
    List<Token> tokens = tokens(engine.generateStream(greedy("x").stopSequences(" w").build()));
    assertThat(tokens).extracting(Token::text).containsExactly("Hello", "", "");
  }

  @Test
  void grammar() {
    SamplerParams sampler =
        SamplerParams.builder().grammar("root ::= [a-c] [x-z]? \"-\" [x-z] \"!\"").build();
    for (int i = 0; i < 5; i++) {
      TokenStream stream = tinyEngine.generateStream("p" + i, 20, sampler);
      assertThat(String.join("", pieces(stream))).matches("[a-c][x-z]?-[x-z]!");
      assertThat(stream.finishReason()).contains(FinishReason.END_OF_TEXT);
    }
  }

  @Test
  void hasNextIsIdempotent() {
    TokenStream stream = engine.generateStream("x");
    StringBuilder text = new StringBuilder();
    while (stream.hasNext()) {
      assertThat(stream.hasNext()).isTrue();
      text.append(stream.next());
    }
    assertThat(text).hasToString(TEXT);
    assertThat(stream.hasNext()).isFalse();
  }

  @Test
  void nothingComesAfterTheEnd() {
    TokenStream stream = engine.generateStream("x", 1);
    assertThat(stream.next()).isEqualTo("Hello");
    assertThatThrownBy(stream::next).isInstanceOf(NoSuchElementException.class);
    assertThat(stream.hasNext()).isFalse();
    Iterator<Token> tokens = stream.tokens();
    assertThat(tokens.hasNext()).isFalse();
    assertThatThrownBy(tokens::next).isInstanceOf(NoSuchElementException.class);
    stream.cancel();
    assertThat(stream.finishReason()).contains(FinishReason.MAX_TOKENS);
  }

  @Test
  void textAndTokensComeFromTheSameGeneration() {
    TokenStream stream = engine.generateStream("x");
    assertThat(stream.tokens().next().text()).isEqualTo("Hello");
    assertThat(stream.next()).isEqualTo(" ");
    assertThat(stream.iterator()).isSameAs(stream);
    assertThat(stream.tokens().next().text()).isEqualTo("wörld");
    assertThat(pieces(stream)).containsExactly("!", " 👋");
  }

  @Test
  void stats() {
    try (Engine own = Engine.open(scripted, Engines.params().build())) {
      MeteredStream stream = own.streamWithStats(greedy("0123456789").build());
      assertThat(pieces(stream)).hasSize(5);
      StreamStats stats = stream.stats();
      assertThat(stats.promptTokens()).isEqualTo(11);
      assertThat(stats.cachedPromptTokens()).isZero();
      assertThat(stats.generatedTokens()).isEqualTo(6);
      assertThat(stats.characters()).isEqualTo(TEXT.codePointCount(0, TEXT.length()));
      assertThat(stats.finishReason()).contains(FinishReason.END_OF_TEXT);
      assertThat(stats.timeToFirstToken()).isBetween(Duration.ofNanos(1), stats.elapsed());
      assertThat(stats.promptTokensPerSecond()).isPositive();
      assertThat(stats.tokensPerSecond()).isPositive();

      assertThat(cached(own, greedy("0123456789"))).isEqualTo(10);
      assertThat(cached(own, greedy("01234567"))).isEqualTo(8);
      assertThat(cached(own, greedy("0123456789").reusePrefix(false))).isZero();
      assertThat(cached(own, greedy("something else"))).isEqualTo(1);
    }
    try (Engine own = Engine.open(scripted, Engines.params().prefixCache(false).build())) {
      assertThat(cached(own, greedy("0123456789"))).isZero();
      assertThat(cached(own, greedy("0123456789"))).isZero();
    }
  }

  private static int cached(Engine own, GenerationRequest.Builder request) {
    MeteredStream stream = own.streamWithStats(request.maxTokens(1).build());
    assertThat(pieces(stream)).containsExactly("Hello");
    return stream.stats().cachedPromptTokens();
  }

  @Test
  void promptTooLong() {
    try (Engine own =
            Engine.open(
                scripted,
                Engines.params().context(Engines.context().contextSize(256).build()).build());
        Engine limited = Engine.open(scripted, Engines.params().maxTokensPerStream(10).build())) {
      assertThatThrownBy(() -> own.generateStream("x".repeat(256)))
          .isInstanceOfSatisfying(
              PromptTooLongException.class,
              e -> {
                assertThat(e.promptTokens()).isEqualTo(257);
                assertThat(e.contextSize()).isEqualTo(256);
              });
      assertThat(own.generateStream("x".repeat(255)).next()).isEqualTo("Hello");
      assertThatThrownBy(() -> limited.generateAsync(greedy("x".repeat(10)).build()))
          .isInstanceOf(PromptTooLongException.class)
          .hasMessage("prompt: 11 tokens, but the context holds 10");
      assertThat(limited.generateStream("x".repeat(9)).next()).isEqualTo("Hello");
      Engines.awaitIdle(own);
      Engines.awaitIdle(limited);
    }
  }

  @Test
  void wrongRequestsLeaveNoTrace() {
    int vocabulary = scripted.info().vocabularySize();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> engine.generateStream(greedy(vocabulary).build()))
        .withMessageContaining("prompt: token " + vocabulary);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> engine.generateStream(greedy(new int[0]).build()))
        .withMessageStartingWith("prompt: no tokens");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                engine.generateStream(
                    "x", 1, SamplerParams.builder().grammar("root ::= (").build()))
        .withMessageStartingWith("grammar");
    assertThatNullPointerException().isThrownBy(() -> engine.generateStream((String) null));
    assertThatNullPointerException().isThrownBy(() -> engine.streamWithStats((String) null, 1));
    assertThatNullPointerException().isThrownBy(() -> engine.generateStream("x", 1, null));
    assertThatNullPointerException()
        .isThrownBy(() -> engine.generateStream((GenerationRequest) null))
        .withMessage("request");
    assertThatNullPointerException()
        .isThrownBy(() -> engine.generateAsync(null))
        .withMessage("request");
    assertThatNullPointerException()
        .isThrownBy(() -> engine.publisher((GenerationRequest) null))
        .withMessage("request");
    assertThatNullPointerException()
        .isThrownBy(() -> engine.generateAll(null))
        .withMessage("requests");
    assertThatNullPointerException()
        .isThrownBy(() -> engine.generateAll(Arrays.asList((GenerationRequest) null)))
        .withMessage("requests");
    assertThatNullPointerException().isThrownBy(() -> engine.close(null)).withMessage("grace");
    assertThatNullPointerException().isThrownBy(() -> Engine.open(null)).withMessage("model");
    assertThatNullPointerException()
        .isThrownBy(() -> Engine.open(scripted, null))
        .withMessage("params");
    assertThat(Engines.streams(engine)).isZero();
    assertThat(engine.generateStream("x").stream()).hasSize(5);
  }

  static Stream<Consumer<Engine>> uses() {
    GenerationRequest request = greedy("x").build();
    return Stream.of(
        own -> own.generateStream("x"),
        own -> own.generateStream(request),
        own -> own.streamWithStats("x", 1, GREEDY),
        own -> own.generateAsync(request).join(),
        own -> own.generateAll(List.of(request)));
  }

  @ParameterizedTest
  @MethodSource("uses")
  void closedEngineRefuses(Consumer<Engine> use) {
    Engine own = Engine.open(scripted, Engines.params().build());
    own.close();
    assertThatIllegalStateException()
        .isThrownBy(() -> use.accept(own))
        .withMessage("the engine is closed");
    assertThat(own.contextSize()).isEqualTo(4096);
    assertThat(own.snapshot().running()).isZero();
    own.close();
    own.close(Duration.ofHours(1));
  }

  @ParameterizedTest
  @MethodSource("uses")
  void closedModelRefuses(Consumer<Engine> use) {
    Model model = Model.load(SCRIPT.path());
    Engine own = Engine.open(model, Engines.params().build());
    model.close();
    assertThatIllegalStateException()
        .isThrownBy(() -> use.accept(own))
        .withMessage("the model is closed");
    assertThatIllegalStateException()
        .isThrownBy(() -> Engine.open(model))
        .withMessage("the model is closed");
    own.close();
  }

  @Test
  void modelThatCannotGenerate() {
    try (Model model =
        Model.load(TinyModel.defaultPath(), ModelParams.builder().vocabOnly(true).build())) {
      assertThatThrownBy(() -> Engine.open(model))
          .isInstanceOf(ContextCreationException.class)
          .hasMessageContaining("cannot generate text");
    }
  }
}
