package dev.llamastream.internal.ffm;

import static org.assertj.core.api.Assertions.assertThatCode;

import dev.llamastream.Model;
import dev.llamastream.ModelParams;
import dev.llamastream.SamplerParams;
import dev.llamastream.internal.json.Json;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Some grammars begin with what the prompt ends with. However a vocabulary cuts that into tokens, a
 * sampler has it behind it. SentencePiece adds spaces, also after control tokens.
 */
class GrammarStartTest {

  private static final String HI = "\"messages\": [{\"role\": \"user\", \"content\": \"Hi\"}]";
  private static final String SCHEMA = "\"json_schema\": {\"type\": \"integer\"}";
  private static final String TOOLS =
      "\"tools\": [{\"type\": \"function\", \"function\": {\"name\": \"now\"}}]";

  private static final List<Json> REQUESTS =
      Stream.of(
              List.of(HI, SCHEMA),
              List.of(HI, TOOLS, "\"tool_choice\": \"required\""),
              List.of(HI, TOOLS, SCHEMA))
          .map(fields -> Json.parse("{" + String.join(", ", fields) + "}"))
          .toList();

  @ParameterizedTest
  @ValueSource(strings = {"llama-spm", "phi-3", "llama-bpe", "qwen2", "gemma-4"})
  void everyTemplateGivesASampler(String vocabulary) {
    Path file =
        Path.of("target", "native", "llama.cpp", "models", "ggml-vocab-" + vocabulary + ".gguf");
    try (Model model = Model.load(file, ModelParams.builder().vocabOnly(true).build())) {
      for (String name : TemplateFiles.names()) {
        for (Json request : REQUESTS) {
          ChatFormat format = TemplateFiles.apply(TemplateFiles.text(name), request);
          assertThatCode(() -> makeSampler(model, format)).as(name).doesNotThrowAnyException();
          format.free();
        }
      }
    }
  }

  private static void makeSampler(Model model, ChatFormat format) {
    ChatRules rules = new ChatRules(format, -1, Set.of());
    ModelAccess.handle(model)
        .newSampler(SamplerParams.defaults(), rules, new int[0], 64, Duration.ZERO)
        .free();
  }
}
