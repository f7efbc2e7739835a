package dev.llamastream;

import static dev.llamastream.TestStreams.greedy;
import static dev.llamastream.TestStreams.open;
import static dev.llamastream.TestStreams.openEndless;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import dev.llamastream.fixture.ScriptedModel;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A generation's text, end and figures at once. */
@Timeout(60)
class CompletionTest {

  private Model model;
  private Context context;

  @BeforeEach
  void load() {
    model = Model.load(ScriptedModel.of("Hello", " ", "wörld", "").path());
    context = open(model, 256);
  }

  @AfterEach
  void close() {
    model.close();
  }

  @Test
  void ofAPrompt() {
    Completion completion = context.complete("x");
    assertThat(completion.text()).isEqualTo("Hello wörld");
    assertThat(completion.finishReason()).isEqualTo(FinishReason.END_OF_TEXT);
    assertThat(completion.tokens()).isEmpty();
    StreamStats stats = completion.stats();
    assertThat(stats.promptTokens()).isEqualTo(2);
    assertThat(stats.generatedTokens()).isEqualTo(4);
    assertThat(stats.characters()).isEqualTo(11);
    assertThat(stats.finishReason()).contains(FinishReason.END_OF_TEXT);
  }

  @Test
  void withTheTokens() {
    GenerationRequest request = greedy("x").logprobs(true).collectTokens(true).build();
    Completion completion = context.complete(request);
    assertThat(completion.text()).isEqualTo("Hello wörld");
    assertThat(completion.tokens())
        .isEqualTo(TestStreams.tokens(context.generateStream(request)))
        .isUnmodifiable();
    assertThat(context.generate(request)).isEqualTo("Hello wörld");
  }

  @Test
  void afterTheEchoedPrompt() {
    for (boolean collectTokens : new boolean[] {false, true}) {
      GenerationRequest request =
          greedy("wüst").echo(true).maxTokens(1).collectTokens(collectTokens).build();
      Completion completion = context.complete(request);
      assertThat(completion.text()).isEqualTo("wüstHello");
      assertThat(completion.finishReason()).isEqualTo(FinishReason.MAX_TOKENS);
      assertThat(completion.tokens()).hasSize(collectTokens ? 1 : 0);
      // an echo that is empty takes no token's place
      GenerationRequest begin =
          greedy(1).echo(true).maxTokens(1).collectTokens(collectTokens).build();
      assertThat(context.complete(begin).text()).isEqualTo("Hello");
    }
  }

  @Test
  void untilAStopSequence() {
    for (boolean collectTokens : new boolean[] {false, true}) {
      Completion completion =
          context.complete(greedy("x").stopSequences("wör").collectTokens(collectTokens).build());
      assertThat(completion.text()).isEqualTo("Hello ");
      assertThat(completion.finishReason()).isEqualTo(FinishReason.STOP_SEQUENCE);
    }
  }

  @Test
  void cutShortHasTheTextSoFar() {
    String endless = "ab".repeat(500_000);
    try (Model repeating = Model.load(ScriptedModel.of("a", "b").repeat().path());
        Context own = openEndless(repeating, 256)) {
      for (boolean collectTokens : new boolean[] {false, true}) {
        GenerationRequest request =
            greedy("xx")
                .maxTokens(1_000_000)
                .timeout(Duration.ofMillis(300))
                .collectTokens(collectTokens)
                .build();
        Completion completion = own.complete(request);
        assertThat(completion.finishReason()).isEqualTo(FinishReason.TIMEOUT);
        assertThat(endless).startsWith(completion.text());
        assertThat(completion.stats().characters()).isEqualTo(completion.text().length());
        assertThat(endless).startsWith(own.generate(request));
      }
    }
  }

  @Test
  void failsAsTheStreamDoes() {
    context.close();
    assertThatIllegalStateException().isThrownBy(() -> context.complete("x"));
    assertThatNullPointerException().isThrownBy(() -> context.complete((String) null));
  }
}
