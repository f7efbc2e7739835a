package dev.llamastream.internal.ffm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llamastream.internal.grammar.GrammarCheck;
import dev.llamastream.internal.json.Json;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The grammars of answers in all templates of llama.cpp. */
class ChatGrammarTest {

  /** Templates without tools: a request's tools are not in the prompt, and there is no grammar. */
  private static final List<String> WITHOUT_TOOLS =
      List.of(
          "HuggingFaceTB-SmolLM3-3B",
          "deepseek-ai-DeepSeek-R1-Distill-Llama-8B",
          "google-gemma-2-2b-it",
          "ibm-granite-granite-3.3-2B-Instruct",
          "llama-cpp-rwkv-world",
          "microsoft-Phi-3.5-mini-instruct");

  private static final String SCHEMA =
      "{\"type\": \"object\", \"properties\": {\"city\": {\"type\": \"string\"}},"
          + " \"required\": [\"city\"]}";

  static List<String> templates() {
    return TemplateFiles.names();
  }

  @ParameterizedTest
  @MethodSource("templates")
  void aSchemaGivesAGrammar(String name) {
    String request = "{\"messages\": [{\"role\": \"user\", \"content\": \"Hi\"}], \"json_schema\": %s}";
    assertThat(grammar(name, request.formatted(SCHEMA))).contains("city");
  }

  @ParameterizedTest
  @MethodSource("templates")
  void aRequiredToolGivesAGrammar(String name) {
    String request =
        """
        {"messages": [{"role": "user", "content": "Hi"}], "tool_choice": "required",
         "tools": [{"type": "function", "function":
                    {"name": "get_weather", "description": "Weather", "parameters": %s}}]}\
        """;
    String grammar = grammar(name, request.formatted(SCHEMA));
    if (WITHOUT_TOOLS.contains(name)) {
      assertThat(grammar).isEmpty();
    } else {
      assertThat(grammar).contains("get_weather");
    }
  }

  private static String grammar(String name, String request) {
    ChatFormat format = TemplateFiles.apply(TemplateFiles.text(name), Json.parse(request));
    format.free();
    GrammarCheck.check(format.grammar());
    return format.grammar();
  }
}
