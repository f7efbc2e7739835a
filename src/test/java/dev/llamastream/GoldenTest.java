package dev.llamastream;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The default model: what it says is known, or at least comes out the same twice. */
class GoldenTest {

  private static final String COUNTING = "1, 2, 3, 4, 5, 6, 7,";

  private static Model model;
  private static Context context;

  @BeforeAll
  static void load() {
    String path = System.getProperty("llamastream.test.model");
    model = Model.load(Path.of(Objects.requireNonNull(path, "-Dllamastream.test.model")));
    context = new Context(model, ContextParams.builder().contextSize(1024).build());
  }

  @AfterAll
  static void close() {
    model.close();
  }

  @Test
  void continuesGreedilyAsAlways() {
    // every token here has a probability above 0.5: no rounding of another processor changes it
    assertThat(context.generate(COUNTING, 22, SamplerParams.greedy()))
        .isEqualTo(" 8, 9, 10, 11, 12, 13,");
    assertThat(context.generate("The capital of France is", 2, SamplerParams.greedy()))
        .isEqualTo(" Paris.");
  }

  @Test
  void tokenizesAsAlways() {
    assertThat(model.tokenizer().encode("Hello 👋 世界"))
        .containsExactly(19556, 15107, 235, 229, 216, 7906, 240, 178, 239, 230);
  }

  @Test
  void saysTheSameWithTheSameSeed() {
    SamplerParams sampler = SamplerParams.builder().temperature(1).seed(42).build();
    String first = context.generate("Once upon a time", 30, sampler);
    context.clearCache();
    assertThat(context.generate("Once upon a time", 30, sampler)).isEqualTo(first);

    SamplerParams other = SamplerParams.builder().temperature(1).seed(43).build();
    assertThat(context.generate("Once upon a time", 30, other)).isNotEqualTo(first);
  }

  @Test
  void saysTheSameAfterReusingAPrefix() {
    for (String prompt : List.of(COUNTING, COUNTING.repeat(7))) {
      context.clearCache();
      String cold = context.generate(prompt, 12, SamplerParams.greedy());
      context.generate(prompt + " and so on", 5, SamplerParams.greedy());
      MeteredStream warm = context.streamWithStats(prompt, 12, SamplerParams.greedy());

      assertThat(String.join("", pieces(warm))).isEqualTo(cold);
      StreamStats stats = warm.stats();
      // the last tokens are computed again, all of them if they are few
      assertThat(stats.promptTokens() - stats.cachedPromptTokens())
          .isLessThanOrEqualTo(Math.min(stats.promptTokens(), 67));
    }
  }

  private static List<String> pieces(TokenStream stream) {
    List<String> pieces = new ArrayList<>();
    stream.forEach(pieces::add);
    return pieces;
  }

  @Test
  void describesItself() {
    ModelInfo info = model.info();
    assertThat(info.architecture()).isEqualTo("llama");
    assertThat(info.parameters()).isEqualTo(134_515_008);
    assertThat(info.vocabularySize()).isEqualTo(49_152);
    assertThat(info.trainedContextSize()).isEqualTo(8_192);
    assertThat(info.layers()).isEqualTo(30);
    assertThat(info.chatTemplate()).contains("<|im_start|>");
    assertThat(model.metadata()).containsEntry("general.architecture", "llama");
  }

  @Test
  void stopsAtAStopSequence() {
    GenerationRequest request =
        GenerationRequest.builder(COUNTING)
            .maxTokens(40)
            .sampler(SamplerParams.greedy())
            .stopSequences(List.of("Paris", "11,"))
            .build();
    TokenStream stream = context.generateStream(request);
    assertThat(String.join("", pieces(stream)).strip()).isEqualTo("8, 9, 10,");
    assertThat(stream.finishReason()).contains(FinishReason.STOP_SEQUENCE);
  }
}
