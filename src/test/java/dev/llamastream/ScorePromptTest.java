package dev.llamastream;

import static dev.llamastream.TestStreams.greedy;
import static dev.llamastream.TestStreams.tokens;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.llamastream.engine.Engine;
import dev.llamastream.engine.EngineParams;
import dev.llamastream.fixture.ByteVocabulary;
import dev.llamastream.fixture.TinyModel;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How probable a prompt is, prompts that are only computed, and texts that may not end. */
@Timeout(120)
class ScorePromptTest {

  private static final int GENERATED = 20;

  /** Does this with a context and with an engine. */
  private static void withEach(Consumer<Generator> test) {
    try (Model model = Model.load(TinyModel.defaults().withText(TinyModel.Text.PRINTABLE).path());
        Context context = new Context(model, ContextParams.builder().contextSize(256).build());
        Engine engine =
            Engine.open(
                model,
                EngineParams.builder()
                    .context(ContextParams.builder().contextSize(512).threads(1).build())
                    .build())) {
      test.accept(context);
      test.accept(engine);
    }
  }

  private static String text(List<Token> tokens) {
    return tokens.stream().map(Token::text).collect(Collectors.joining());
  }

  @Test
  void theTokensOfAPromptAreAsProbableAsWhenTheyWereGenerated() {
    int[] prompt = ByteVocabulary.encode("Once upon");
    withEach(
        generator -> {
          List<Token> generated =
              tokens(
                  generator.generateStream(
                      GenerationRequest.builder(prompt)
                          .maxTokens(GENERATED)
                          .sampler(SamplerParams.builder().temperature(1).seed(3).build())
                          .logprobs(true)
                          .topLogprobs(2)
                          .build()));
          int[] all =
              IntStream.concat(IntStream.of(prompt), generated.stream().mapToInt(Token::id))
                  .toArray();

          MeteredStream stream =
              generator.streamWithStats(
                  GenerationRequest.builder(all)
                      .scorePrompt(true)
                      .logprobs(true)
                      .topLogprobs(2)
                      .maxTokens(0)
                      .build());
          List<Token> scored = tokens(stream);

          assertThat(scored.stream().mapToInt(Token::id))
              .containsExactly(IntStream.of(all).skip(1).boxed().toArray(Integer[]::new));
          assertThat(scored).last().matches(Token::last);
          assertThat(stream.finishReason()).contains(FinishReason.MAX_TOKENS);
          assertThat(stream.stats().promptTokens()).isEqualTo(all.length);
          assertThat(stream.stats().generatedTokens()).isZero();
          for (int i = 0; i < GENERATED; i++) {
            Token was = generated.get(i);
            Token is = scored.get(prompt.length - 1 + i);
            assertThat(is.position()).isEqualTo(was.position());
            // kernels for several tokens round otherwise than those for one
            assertThat(is.logprob()).isCloseTo(was.logprob(), within(0.01f));
            assertThat(is.topLogprobs().getFirst().logprob())
                .isCloseTo(was.topLogprobs().getFirst().logprob(), within(0.01f));
          }
        });
  }

  @Test
  void whatComesAfterAScoredPromptIsWhatComesAfterIt() {
    withEach(
        generator -> {
          String plain =
              text(tokens(generator.generateStream(greedy("Hello").maxTokens(9).build())));
          MeteredStream stream =
              generator.streamWithStats(greedy("Hello").maxTokens(9).scorePrompt(true).build());
          assertThat(text(tokens(stream))).isEqualTo("Hello" + plain);
          assertThat(stream.stats().generatedTokens()).isEqualTo(9);
        });
  }

  @Test
  void nothingInAScoredPromptEndsIt() {
    int[] prompt = {ByteVocabulary.BEGIN, 100, ByteVocabulary.END, 101, 102};
    withEach(
        generator -> {
          List<Token> tokens =
              tokens(
                  generator.generateStream(
                      GenerationRequest.builder(prompt)
                          .scorePrompt(true)
                          .stopSequences("ab", "bc")
                          .maxTokens(0)
                          .build()));
          assertThat(tokens)
              .extracting(Token::id)
              .containsExactly(100, ByteVocabulary.END, 101, 102);
          assertThat(text(tokens)).isEqualTo("abc");
        });
  }

  @Test
  void promptsThatAreOnlyComputed() {
    String prompt = "Hello, ".repeat(20);
    withEach(
        generator -> {
          MeteredStream stream = generator.streamWithStats(greedy(prompt).maxTokens(0).build());
          assertThat(text(tokens(stream))).isEmpty();
          assertThat(stream.finishReason()).contains(FinishReason.MAX_TOKENS);
          assertThat(stream.stats().generatedTokens()).isZero();
          // it is in the cache
          MeteredStream next = generator.streamWithStats(greedy(prompt).maxTokens(1).build());
          tokens(next);
          assertThat(next.stats().cachedPromptTokens()).isPositive();
        });
  }

  @Test
  void scoringAndEcho() {
    GenerationRequest.Builder both = greedy("x").scorePrompt(true).echo(true);
    assertThatThrownBy(both::build)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("scorePrompt: ");
  }
}
