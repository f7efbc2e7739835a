package dev.llamastream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import dev.llamastream.engine.Engine;
import dev.llamastream.engine.EngineParams;
import dev.llamastream.fixture.Architectures;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a model says does not depend on what was in the cache, nor on who else is in the batch,
 * whatever kind of memory it has. Each runs on a Context and on an Engine.
 */
class ArchitecturesTest {

  /** Plain, learned positions, sliding windows, recurrent, hybrid, MLA, mixtures, known faults. */
  private static final String DOZEN =
      "^(llama|gpt2|gemma3|gpt-oss|mamba|mamba2|rwkv7|jamba|falcon-h1|lfm2|deepseek2|qwen3moe"
          + "|minicpm3|plamo2|cogvlm|dream)$";

  private static final String DIFFUSION = "(dream|llada|llada-moe|rnd1)-(dense|moe)\\.gguf";
  private static final int TOKENS = 16;

  /** What another order of additions may change. */
  private static final double CLOSE = 0.02;

  /** Two tokens that are so close may change places. */
  private static final double TIE = 0.002;

  @TempDir private Path directory;

  @TestFactory
  List<DynamicTest> aDozen() {
    return tests(DOZEN, 16);
  }

  @TestFactory
  @Tag("soak")
  List<DynamicTest> all() {
    return tests(".*", 127);
  }

  private List<DynamicTest> tests(String names, int atLeast) {
    List<Path> files = Architectures.write(directory, names);
    assertThat(files).hasSizeGreaterThanOrEqualTo(atLeast);
    return files.stream()
        .map(file -> DynamicTest.dynamicTest(String.valueOf(file.getFileName()), () -> run(file)))
        .toList();
  }

  private static void run(Path file) {
    try (Model model = Model.load(file)) {
      if (String.valueOf(file.getFileName()).matches(DIFFUSION)) {
        assertThatExceptionOfType(ContextCreationException.class)
            .isThrownBy(() -> TestStreams.open(model, 256))
            .withMessageContaining("diffusion");
        return;
      }
      List<int[]> prompts = prompts(model);
      List<List<Token>> cold = new ArrayList<>();
      try (Context context = TestStreams.open(model, 256)) {
        for (int[] prompt : prompts) {
          context.clearCache();
          cold.add(TestStreams.tokens(context.generateStream(request(prompt))));
        }
      }
      try (Context context = TestStreams.open(model, 256)) {
        for (int i : new int[] {0, 1, 1, 3, 3, 2, 4, 0, 3, 1}) {
          same(
              cold.get(i),
              TestStreams.tokens(context.generateStream(request(prompts.get(i)))),
              "warm");
        }
      }
      try (Engine engine = engine(model)) {
        for (int i = 0; i < prompts.size(); i++) {
          same(
              cold.get(i),
              TestStreams.tokens(engine.generateStream(request(prompts.get(i)))),
              "alone in an engine");
        }
        List<TokenStream> streams = new ArrayList<>();
        for (int i = 0; i < 3 * prompts.size(); i++) {
          streams.add(engine.generateStream(request(prompts.get(i % prompts.size()))));
        }
        for (int i = 0; i < streams.size(); i++) {
          same(cold.get(i % prompts.size()), TestStreams.tokens(streams.get(i)), "among others");
        }
      }
    }
  }

  private static Engine engine(Model model) {
    return Engine.open(
        model,
        EngineParams.builder()
            .slots(4)
            .context(ContextParams.builder().contextSize(1024).threads(1).batchThreads(1).build())
            .build());
  }

  /** Some begin as others do. */
  private static List<int[]> prompts(Model model) {
    Random random = new Random(5);
    int[] longest = random.ints(130, 1, model.info().vocabularySize()).toArray();
    int[] other = Arrays.copyOf(longest, 70);
    other[66] = longest[67];
    return List.of(
        Arrays.copyOf(longest, 20),
        other,
        random.ints(70, 1, model.info().vocabularySize()).toArray(),
        longest,
        random.ints(9, 1, model.info().vocabularySize()).toArray());
  }

  private static GenerationRequest request(int[] prompt) {
    return GenerationRequest.builder(prompt)
        .maxTokens(TOKENS)
        .topLogprobs(2)
        .logprobs(true)
        .sampler(SamplerParams.builder().temperature(0).ignoreEndOfText(true).build())
        .build();
  }

  private static void same(List<Token> expected, List<Token> actual, String how) {
    assertThat(actual).as(how).hasSameSizeAs(expected);
    for (int i = 0; i < expected.size(); i++) {
      var best = expected.get(i).topLogprobs();
      double margin = best.get(0).logprob() - best.get(1).logprob();
      if (margin < TIE && actual.get(i).id() != expected.get(i).id()) {
        return; // what follows is another text
      }
      assertThat(actual.get(i).id()).as("%s, token %d", how, i).isEqualTo(expected.get(i).id());
      assertThat((double) actual.get(i).logprob())
          .as("%s, token %d", how, i)
          .isCloseTo(expected.get(i).logprob(), within(CLOSE));
    }
  }
}
