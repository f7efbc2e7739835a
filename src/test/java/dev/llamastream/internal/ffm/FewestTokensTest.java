package dev.llamastream.internal.ffm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llamastream.Context;
import dev.llamastream.ContextParams;
import dev.llamastream.Embedder;
import dev.llamastream.GenerationRequest;
import dev.llamastream.Model;
import dev.llamastream.PromptTooLongException;
import dev.llamastream.engine.Engine;
import dev.llamastream.engine.EngineParams;
import dev.llamastream.fixture.TinyModel;
import java.nio.file.Path;
import java.util.Random;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Texts that are plainly too long are not tokenized, and no other text is refused. */
class FewestTokensTest {

  private static final String[] PARTS = {
    "<|im_start|>",
    "<s>",
    " ",
    "        ",
    "\n",
    "\t",
    "the",
    " international",
    "-".repeat(64),
    "é",
    "日本語",
    "😀",
    "0",
    "<0x0A>",
    "\u2581",
    "Ġ",
    "x"
  };

  static Path[] models() {
    return new Path[] {
      Path.of(System.getProperty("llamastream.test.model")),
      TinyModel.defaults().withPieces("xx", "xxxx", "  ", "日本").path()
    };
  }

  @ParameterizedTest
  @MethodSource("models")
  void neverMoreThanThereAre(Path file) {
    Random random = new Random(7);
    try (Model model = Model.load(file)) {
      FewestTokens fewest = new FewestTokens(ModelAccess.handle(model).vocab(), "gpt2");
      for (int i = 0; i < 300; i++) {
        StringBuilder text = new StringBuilder();
        int alike = 1 + random.nextInt(PARTS.length);
        for (int part = 0; part < 40; part++) {
          text.append(PARTS[random.nextInt(alike)]);
        }
        assertThat(fewest.of(text.toString()))
            .as(text.toString())
            .isLessThanOrEqualTo(model.tokenizer().encode(text.toString()).length);
      }
    }
  }

  @Test
  void textsThatArePlainlyTooLongAreNotTokenized() {
    String text = "x".repeat(1_000_000);
    GenerationRequest request = GenerationRequest.builder(text).build();
    try (Model model = Model.load(TinyModel.defaultPath());
        Context context = new Context(model, ContextParams.builder().contextSize(256).build());
        Engine engine =
            Engine.open(
                model,
                EngineParams.builder()
                    .context(ContextParams.builder().contextSize(256).build())
                    .build());
        Embedder embedder = Embedder.open(model)) {
      refusedUncounted(() -> context.generateStream(request));
      refusedUncounted(() -> engine.generateStream(request));
      refusedUncounted(() -> embedder.embed(text));
    }
  }

  private static void refusedUncounted(ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            PromptTooLongException.class,
            e -> assertThat(e.promptTokens()).isBetween(e.contextSize() + 1, 999_999));
  }
}
