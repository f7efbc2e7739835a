package dev.llamastream.internal.chat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llamastream.ChatTemplateException;
import dev.llamastream.Model;
import dev.llamastream.ModelParams;
import dev.llamastream.chat.ChatRequest;
import dev.llamastream.internal.ffm.ChatFormat;
import dev.llamastream.internal.ffm.ModelAccess;
import dev.llamastream.internal.ffm.ModelHandle;
import dev.llamastream.internal.ffm.Vocab;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Control tokens that an author writes stay text, wherever they are written; and ordinary texts
 * become the tokens that they always were.
 */
class ChatInjectionTest {

  private static final Path LLAMA_CPP = Path.of("target", "native", "llama.cpp", "models");

  /** Vocabularies and templates that put control tokens of theirs into a prompt. */
  private static final List<String> PAIRS =
      List.of(
          "default",
          "default Qwen-Qwen2.5-7B-Instruct",
          "default Qwen-Qwen3-0.6B",
          "default NousResearch-Hermes-2-Pro-Llama-3-8B-tool_use",
          "qwen2 Qwen-QwQ-32B",
          "qwen35 Qwen3.5-4B",
          "llama-bpe meta-llama-Llama-3.1-8B-Instruct",
          "llama-bpe meta-llama-Llama-3.3-70B-Instruct",
          "llama-spm meetkai-functionary-medium-v3.1",
          "llama-spm mistralai-Mistral-Nemo-Instruct-2407",
          "phi-3 microsoft-Phi-3.5-mini-instruct",
          "gemma-4 google-gemma-4-31B-it",
          "command-r CohereForAI-c4ai-command-r-plus-tool_use",
          "deepseek-llm deepseek-ai-DeepSeek-V3.1",
          "baichuan mistralai-Mistral-Nemo-Instruct-2407",
          "bert-bge Qwen-Qwen2.5-7B-Instruct",
          "nomic-bert-moe mistralai-Mistral-Nemo-Instruct-2407");

  private static final int SHORT = 20;

  @ParameterizedTest
  @ValueSource(longs = 1)
  void controlTokensStayText(long seed) throws IOException {
    assertThat(compareAll(SHORT, seed, ChatInjectionTest::hostile)).isGreaterThan(SHORT * 12);
  }

  /**
   * The same messages, trusted, do become control tokens: otherwise the test above shows nothing.
   */
  @ParameterizedTest
  @ValueSource(longs = 1)
  void trustedTextsBecomeControlTokens(long seed) throws IOException {
    assertThat(comparePairs(5, seed, ChatInjectionTest::trusted))
        .hasSize(PAIRS.size())
        .allMatch(more -> more > 0);
  }

  @Tag("soak")
  @ParameterizedTest
  @ValueSource(longs = 2)
  void fiveThousandConversations(long seed) throws IOException {
    assertThat(compareAll(300, seed, ChatInjectionTest::hostile)).isGreaterThan(300 * 12);
  }

  @ParameterizedTest
  @ValueSource(longs = 3)
  void ordinaryTextsBecomeTheSameTokens(long seed) throws IOException {
    assertThat(compareAll(SHORT, seed, ChatInjectionTest::harmless)).isGreaterThan(SHORT * 12);
  }

  private interface Comparison {
    boolean made(ModelHandle model, String template, List<String> controls, Random random);
  }

  private static int compareAll(int conversations, long seed, Comparison comparison)
      throws IOException {
    return comparePairs(conversations, seed, comparison).stream().mapToInt(made -> made).sum();
  }

  /** How many comparisons each pair made. */
  private static List<Integer> comparePairs(int conversations, long seed, Comparison comparison)
      throws IOException {
    List<Integer> all = new ArrayList<>();
    for (String pair : PAIRS) {
      int made = 0;
      String[] names = pair.split(" ", -1);
      try (Model model = load(names[0])) {
        String template = names.length == 1 ? "" : template(names[1]);
        ModelHandle handle = ModelAccess.handle(model);
        List<String> controls = controls(handle.vocab());
        for (int i = 0; i < conversations; i++) {
          Random random = new Random(seed * 1_000_003 + i);
          made += comparison.made(handle, template, controls, random) ? 1 : 0;
        }
      }
      all.add(made);
    }
    return all;
  }

  private static Model load(String vocabulary) {
    Path file =
        vocabulary.equals("default")
            ? Path.of("models", "SmolLM2-135M-Instruct.Q4_1.gguf")
            : LLAMA_CPP.resolve("ggml-vocab-" + vocabulary + ".gguf");
    return Model.load(file, ModelParams.builder().vocabOnly(true).build());
  }

  private static String template(String name) throws IOException {
    return Files.readString(LLAMA_CPP.resolve("templates").resolve(name + ".jinja"));
  }

  private static List<String> controls(Vocab vocab) {
    List<String> controls =
        new ArrayList<>(
            IntStream.range(0, vocab.size())
                .filter(vocab::isControl)
                .mapToObj(vocab::name)
                .filter(name -> !name.isBlank())
                .toList());
    assertThat(controls).isNotEmpty();
    return controls;
  }

  /** A conversation twice: with hostile texts, and the same with harmless ones. */
  private record Twins(ChatRequest hostile, ChatRequest harmless, List<String> texts) {

    static Twins of(String template, List<String> controls, Random random) {
      long shape = random.nextLong();
      HostileText texts = new HostileText(controls, random);
      List<String> used = new ArrayList<>();
      ChatShape hostile =
          new ChatShape(
              new Random(shape),
              () -> {
                used.add(texts.next());
                return used.getLast();
              });
      ChatShape harmless = new ChatShape(new Random(shape), () -> "hello");
      return new Twins(hostile.request(template), harmless.request(template), used);
    }
  }

  private static boolean hostile(
      ModelHandle model, String template, List<String> controls, Random random) {
    Twins twins = Twins.of(template, controls, random);
    int[] expected;
    try {
      expected = controlTokens(model, twins.harmless());
    } catch (ChatTemplateException e) {
      return false; // knows no tools, or wants another order of the messages
    }
    assertThat(controlTokens(model, twins.hostile()))
        .as("%s", twins.texts())
        .containsExactly(expected);
    return true;
  }

  private static boolean trusted(
      ModelHandle model, String template, List<String> controls, Random random) {
    Twins twins = Twins.of(template, controls, random);
    ChatRequest trusting = twins.hostile().toBuilder().trustSpecialTokens(true).build();
    try {
      return controlTokens(model, trusting).length > controlTokens(model, twins.harmless()).length;
    } catch (ChatTemplateException e) {
      return false;
    }
  }

  private static int[] controlTokens(ModelHandle model, ChatRequest request) {
    return Arrays.stream(tokens(model, request)).filter(model.vocab()::isControl).toArray();
  }

  private static int[] tokens(ModelHandle model, ChatRequest request) {
    ChatFormat format = apply(model, request);
    int[] tokens =
        model
            .vocab()
            .tokenize(format.prompt(), format.protectedBytes(), Integer.MAX_VALUE, Duration.ZERO);
    format.free();
    return tokens;
  }

  private static ChatFormat apply(ModelHandle model, ChatRequest request) {
    return model
        .chatTemplates()
        .apply(
            request.template(),
            RequestJson.of(request),
            request.trustSpecialTokens(),
            1_000_000_000,
            Duration.ZERO);
  }

  private static boolean harmless(
      ModelHandle model, String template, List<String> controls, Random random) {
    OrdinaryText texts = new OrdinaryText(controls, random);
    ChatRequest request = new ChatShape(random, texts::next).request(template);
    ChatRequest trusting = request.toBuilder().trustSpecialTokens(true).build();
    ChatFormat format;
    try {
      format = apply(model, trusting);
    } catch (ChatTemplateException e) {
      return false;
    }
    ChatFormat careful = apply(model, request);
    assertThat(careful.prompt()).isEqualTo(format.prompt());
    int[] plain = model.vocab().tokenize(format.prompt(), true, Integer.MAX_VALUE, Duration.ZERO);
    assertThat(format.protectedBytes()).isEmpty();
    assertThat(tokens(model, request)).as(format.prompt()).containsExactly(plain);
    format.free();
    careful.free();
    return true;
  }
}
