package dev.llamastream;

import static dev.llamastream.TestStreams.greedy;
import static dev.llamastream.TestStreams.tokens;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.llamastream.fixture.ScriptedModel;
import dev.llamastream.fixture.TinyModel;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class ContextShiftTest {

  private static Model model;

  @BeforeAll
  static void load() {
    model = Model.load(TinyModel.defaultPath());
  }

  @AfterAll
  static void close() {
    model.close();
  }

  private static Context shifting(int keepTokens) {
    return shifting(model, keepTokens);
  }

  private static Context shifting(Model model, int keepTokens) {
    return new Context(
        model,
        ContextParams.builder().contextSize(256).contextShift(true).keepTokens(keepTokens).build());
  }

  @Test
  void goesOnWhereTheContextIsFull() {
    try (Context context = shifting(0)) {
      TokenStream stream = context.generateStream(greedy("x").maxTokens(1_000).build());
      List<Token> tokens = tokens(stream);
      assertThat(tokens).hasSize(1_000);
      assertThat(tokens.getLast().position()).isEqualTo(2 + 999);
      assertThat(stream.finishReason()).contains(FinishReason.MAX_TOKENS);
    }
  }

  @Test
  void followsAScriptLongerThanTheContext() {
    ScriptedModel script = ScriptedModel.ofBytes("0123456789".repeat(60));
    try (Model scripted = Model.load(script.path());
        Context context = shifting(scripted, 2)) {
      assertThat(context.generate(greedy("x").maxTokens(10_000).build())).isEqualTo(script.text());
    }
  }

  @Test
  void withoutItTheStreamEnds() {
    ContextParams params = ContextParams.builder().contextSize(256).build();
    try (Context context = new Context(model, params)) {
      TokenStream stream = context.generateStream(greedy("x").maxTokens(1_000).build());
      // 256 cells, of which the prompt has 2, and one token that has no cell
      assertThat(tokens(stream)).hasSize(255);
      assertThat(stream.finishReason()).contains(FinishReason.CONTEXT_FULL);
    }
  }

  @Test
  void shiftedCellsAreNotReusedForAPrompt() {
    String prompt = "a prompt, ".repeat(10);
    GenerationRequest request = greedy(prompt).maxTokens(20).build();
    try (Context context = shifting(80)) {
      String expected = context.generate(request);
      context.generate(greedy(prompt).maxTokens(600).build());
      MeteredStream stream = context.streamWithStats(request);
      assertThat(String.join("", TestStreams.pieces(stream))).isEqualTo(expected);
      assertThat(stream.stats().cachedPromptTokens()).isEqualTo(36);
    }
  }

  @Test
  void keepTokensMayBeMoreThanThereAre() {
    try (Context context = shifting(Integer.MAX_VALUE)) {
      assertThat(tokens(context.generateStream(greedy("x").maxTokens(300).build()))).hasSize(300);
    }
  }

  @Test
  void shiftedContextCannotBeSaved() {
    try (Context context = shifting(0)) {
      context.generate(greedy("x").maxTokens(300).build());
      assertThatExceptionOfType(StateException.class)
          .isThrownBy(context::saveState)
          .withMessageContaining("shifted");
      context.clearCache();
      assertThat(context.saveState()).isNotEmpty();
    }
  }
}
