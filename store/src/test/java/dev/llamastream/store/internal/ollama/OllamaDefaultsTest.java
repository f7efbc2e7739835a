package dev.llamastream.store.internal.ollama;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.llamastream.Mirostat;
import dev.llamastream.SamplerParams;
import dev.llamastream.chat.ChatMessage;
import dev.llamastream.store.GenerationDefaults;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OllamaDefaultsTest {

  @RegisterExtension final Warnings warnings = new Warnings();
  @TempDir Path folder;

  private final Map<String, Path> layers = new HashMap<>();

  private Path layer(String name, String content) throws IOException {
    Path file = Files.writeString(folder.resolve(name), content);
    layers.put("application/vnd.ollama.image." + name, file);
    return file;
  }

  private GenerationDefaults params(String json) throws IOException {
    layer("params", json);
    return OllamaDefaults.read(layers);
  }

  private SamplerParams sampler(String json) throws IOException {
    return params(json).sampler(SamplerParams.defaults());
  }

  @Test
  void everyValueOfTheSampler() throws IOException {
    assertThat(
            sampler(
                """
                {"temperature": 0.6, "top_k": 20, "top_p": 0.9, "min_p": 0.1, "typical_p": 0.7,
                 "repeat_penalty": 1.1, "repeat_last_n": 32, "presence_penalty": 1.5,
                 "frequency_penalty": 0.5, "seed": 4294967294, "mirostat_tau": 4, "mirostat": 2,
                 "mirostat_eta": 0.2}
                """))
        .isEqualTo(
            SamplerParams.builder()
                .temperature(0.6)
                .topK(20)
                .topP(0.9)
                .minP(0.1)
                .typicalP(0.7)
                .repeatPenalty(1.1)
                .penaltyLastN(32)
                .presencePenalty(1.5)
                .frequencyPenalty(0.5)
                .seed(4_294_967_294L)
                .mirostat(new Mirostat(2, 4, 0.2))
                .build());
    assertThat(warnings.lines()).isEmpty();
  }

  @Test
  void whatIsNotSaidStaysAsItWas() throws IOException {
    SamplerParams base =
        SamplerParams.builder().temperature(2).topK(7).mirostat(new Mirostat(1, 3, 0.3)).build();

    assertThat(params("{\"top_k\": 9, \"mirostat_tau\": 8}").sampler(base))
        .isEqualTo(base.toBuilder().topK(9).mirostat(new Mirostat(1, 8, 0.3)).build());
    assertThat(params("{}").sampler(base)).isEqualTo(base);
  }

  @Test
  void theOtherValues() throws IOException {
    GenerationDefaults defaults =
        params("{\"num_ctx\": 8192, \"num_predict\": 128, \"stop\": [\"<|im_end|>\", \"\\n\"]}");

    assertThat(defaults.contextSize()).hasValue(8192);
    assertThat(defaults.maxTokens()).hasValue(128);
    assertThat(defaults.stopSequences()).containsExactly("<|im_end|>", "\n");
    assertThat(params("{\"stop\": \"x\"}").stopSequences()).containsExactly("x");
    assertThat(warnings.lines()).isEmpty();
  }

  @Test
  void waysToSayAll() throws IOException {
    assertThat(sampler("{\"top_k\": -1}").topK()).isZero();
    assertThat(sampler("{\"repeat_last_n\": -1}").penaltyLastN())
        .isEqualTo(SamplerParams.MAX_LAST_N);
    assertThat(sampler("{\"seed\": -1}").seed()).isEqualTo(SamplerParams.RANDOM_SEED);
    assertThat(params("{\"num_predict\": -1}").maxTokens()).hasValue(Integer.MAX_VALUE);
    assertThat(params("{\"num_predict\": -2}").maxTokens()).hasValue(Integer.MAX_VALUE);
    assertThat(sampler("{\"temperature\": 1, \"top_k\": 30.0, \"top_p\": null}"))
        .isEqualTo(SamplerParams.builder().temperature(1).topK(30).build());
    assertThat(warnings.lines()).isEmpty();
  }

  @Test
  void keysThatMeanNothingHere() throws IOException {
    assertThat(
            sampler(
                "{\"num_gpu\": 99, \"use_mmap\": false, \"num_keep\": 24, \"penalize_newline\":"
                    + " true, \"\": {}}"))
        .isEqualTo(SamplerParams.defaults());
    assertThat(warnings.lines()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '\0',
      delimiter = '|',
      value = {
        "temperature | -0.5 | -0.5, must be in [0.0, 100.0]",
        "temperature | 1e999 | Infinity, must be in [0.0, 100.0]",
        "temperature | \"warm\" | \"warm\", must be a number",
        "temperature | true | true, must be a number",
        "top_k | 1.5 | 1.5, must be a whole number",
        "top_k | 1e300 | 1.0E300, must be in [-2147483648, 2147483647]",
        "top_p | 1.01 | 1.01, must be in [0.0, 1.0]",
        "min_p | -1 | -1.0, must be in [0.0, 1.0]",
        "typical_p | 2 | 2.0, must be in [0.0, 1.0]",
        "repeat_penalty | 0 | 0.0, must be in [0.01, 100.0]",
        "repeat_last_n | 1048577 | 1048577, must be in [0, 1048576]",
        "presence_penalty | 101 | 101.0, must be in [-100.0, 100.0]",
        "frequency_penalty | [1] | [1], must be a number",
        "seed | 4294967295 | 4.294967295E9, must be in [-1, 4294967294]",
        "seed | 99999999999999999999 | 1.0E20, must be in [-1, 4294967294]",
        "mirostat | 3 | 3, must be in [0, 2]",
        "mirostat_tau | -1 | -1.0, must be in [0.0, 100.0]",
        "mirostat_eta | 2 | 2.0, must be in [0.0, 1.0]",
        "num_ctx | 0 | 0, must be in [1, 16777216]",
        "num_ctx | 2147483647 | 2147483647, must be in [1, 16777216]",
        "num_predict | -3 | -3, must be in [-2, 2147483647]",
        "stop | 5 | 5, must be a list of texts",
        "stop | [5] | 5, must be a text",
        "stop | [\"\"] | stopSequences length: 0, must be in [1, 10000]",
        "stop | [\"\\ud800\"] | has half a surrogate pair, must be whole characters",
      })
  void valuesThatMakeNoSense(String key, String value, String reason) throws IOException {
    GenerationDefaults defaults = params("{\"num_gpu\": 1, \"" + key + "\": " + value + "}");

    assertThat(defaults.sampler(SamplerParams.defaults())).isEqualTo(SamplerParams.defaults());
    assertThat(defaults.stopSequences()).isEmpty();
    assertThat(defaults.contextSize()).isEmpty();
    assertThat(defaults.maxTokens()).isEmpty();
    assertThat(warnings.lines())
        .containsExactly(warning("params", key + ": " + reason + "; it is left out"));
  }

  private String warning(String layer, String text) {
    return String.format(
        Locale.ROOT, "WARNING Ollama's layer %s: %s (%s)", layer, text, folder.resolve(layer));
  }

  @Test
  void oneBadValueSpoilsNoOther() throws IOException {
    GenerationDefaults defaults =
        params("{\"top_p\": 7, \"top_k\": 5, \"stop\": [\"a\", 1, \"\", \"b\"]}");

    assertThat(defaults.sampler(SamplerParams.defaults()).topK()).isEqualTo(5);
    assertThat(defaults.stopSequences()).containsExactly("a", "b");
    assertThat(warnings.lines()).hasSize(3);
  }

  @Test
  void moreStopSequencesThanARequestTakes() throws IOException {
    String stops =
        IntStream.range(0, 102).mapToObj(i -> "\"s" + i + "\"").collect(Collectors.joining(","));

    assertThat(params("{\"stop\": [" + stops + "]}").stopSequences()).hasSize(100).endsWith("s99");
    assertThat(warnings.lines())
        .containsExactly(
            warning("params", "stop: \"s100\", must be among the first 100; it is left out"),
            warning("params", "stop: \"s101\", must be among the first 100; it is left out"));
  }

  @Test
  void aLongValueMakesAShortWarning() throws IOException {
    params("{\"top_p\": \"" + "x".repeat(500_000) + "\"}");

    assertThat(warnings.lines()).hasSize(1);
    assertThat(warnings.lines().getFirst())
        .hasSizeLessThan(600)
        .contains("top_p: \"xxx", "xx\", must be a number");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "{", "[]", "7", "null", "{\"top_k\": NaN}", "not JSON"})
  void aLayerThatIsNoObject(String json) throws IOException {
    GenerationDefaults defaults = params(json);

    assertThat(defaults.sampler(SamplerParams.defaults())).isEqualTo(SamplerParams.defaults());
    assertThat(warnings.lines()).hasSize(1);
    assertThat(warnings.lines().getFirst())
        .startsWith("WARNING Ollama's layer params: it is no JSON")
        .contains("the layer is ignored (" + folder);
  }

  @Test
  void deepJson() throws IOException {
    params("{\"stop\": " + "[".repeat(200_000));

    assertThat(warnings.lines()).hasSize(1);
  }

  @Test
  void layersThatAreTooLarge() throws IOException {
    String name = "system";
    layer(name, "x".repeat(OllamaDefaults.MAX_BYTES));
    assertThat(OllamaDefaults.read(layers).systemMessage()).hasSize(OllamaDefaults.MAX_BYTES);
    assertThat(warnings.lines()).isEmpty();

    layer(name, "x".repeat(OllamaDefaults.MAX_BYTES + 1));
    assertThat(OllamaDefaults.read(layers).systemMessage()).isEmpty();
    assertThat(warnings.lines().getFirst()).contains("more than 1,048,576 bytes");
  }

  @Test
  void layersThatCannotBeRead() throws IOException {
    layers.put("application/vnd.ollama.image.params", folder.resolve("missing"));
    layers.put("application/vnd.ollama.image.messages", folder);
    Path system = layer("system", "");
    Files.writeString(system, "caf\u00e9", ISO_8859_1);

    assertThat(OllamaDefaults.read(layers).messages()).isEmpty();
    assertThat(warnings.lines())
        .hasSize(3)
        .allMatch(line -> line.contains("the layer is ignored"))
        .anyMatch(line -> line.contains("layer system: it is not in UTF-8"));
  }

  @Test
  void theSystemMessageAndTheExamples() throws IOException {
    layer("system", "Be brief.\n");
    layer(
        "messages",
        "[{\"role\":\"user\",\"content\":\"Hi\"},{\"role\":\"Assistant\",\"content\":\"Yo\"}]");
    GenerationDefaults defaults = OllamaDefaults.read(layers);

    assertThat(defaults.systemMessage()).isEqualTo("Be brief.\n");
    assertThat(defaults.messages())
        .containsExactly(
            ChatMessage.system("Be brief.\n"), ChatMessage.user("Hi"), ChatMessage.assistant("Yo"));
    assertThat(warnings.lines()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "[7]",
        "[{}]",
        "[{\"role\":\"user\"}]",
        "[{\"role\":\"boss\",\"content\":\"Hi\"}]",
        "[{\"role\":\"user\",\"content\":[]}]",
        "[{\"role\":\"user\",\"content\":\"\\u0000\"}]",
      })
  void examplesThatMakeNoSense(String json) throws IOException {
    layer("messages", json);

    assertThat(OllamaDefaults.read(layers).messages()).isEmpty();
    assertThat(warnings.lines()).hasSize(1);
  }

  @Test
  void aSystemMessageThatCannotBeSaid() throws IOException {
    layer("system", "a\0b");

    assertThat(OllamaDefaults.read(layers).systemMessage()).isEmpty();
    assertThat(warnings.lines())
        .containsExactly(
            warning("system", "content: NUL at index 1, must have none; the layer is ignored"));
  }

  @Test
  void theTemplate() throws IOException {
    layer("template", "{{ range .Messages }}{{ .Content }}{{ end }}");

    assertThat(OllamaDefaults.read(layers).chatTemplate()).contains("for", "endfor");
    assertThat(warnings.lines()).isEmpty();
  }

  @Test
  void theTemplateByItsFormerName() throws IOException {
    layer("prompt", "{{ .Prompt }}");

    assertThat(OllamaDefaults.read(layers).chatTemplate()).contains("go.prompt");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " \n"})
  void anEmptyTemplateIsNone(String text) throws IOException {
    layer("template", text);

    assertThat(OllamaDefaults.read(layers).chatTemplate()).isEmpty();
    assertThat(warnings.lines()).isEmpty();
  }

  @Test
  void aTemplateWithoutCounterpart() throws IOException {
    layer("template", "{{ .Prompt }}{{ urlquery .System }}");
    layer("system", "Be brief.");
    GenerationDefaults defaults = OllamaDefaults.read(layers);

    assertThat(defaults.chatTemplate()).isEmpty();
    assertThat(defaults.systemMessage()).isEqualTo("Be brief.");
    assertThat(warnings.lines())
        .containsExactly(
            warning(
                "template",
                "it has no translation to Jinja: the function urlquery; the layer is ignored"));
  }

  @Test
  void noLayers() {
    GenerationDefaults defaults = OllamaDefaults.read(Map.of());

    assertThat(defaults).isEqualTo(GenerationDefaults.NONE);
    assertThat(warnings.lines()).isEmpty();
  }
}
