package dev.llamastream.internal.ffm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llamastream.ChatTemplateException;
import dev.llamastream.internal.grammar.GrammarCheck;
import dev.llamastream.internal.json.Json;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The grammars of answers in all templates of llama.cpp. */
class ChatGrammarTest {

  /** What a template makes of a tool that the model must call, where it is no grammar. */
  private static final Map<String, String> WITHOUT_TOOLS = Map.of();

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
    if (WITHOUT_TOOLS.containsKey(name)) {
      assertThat(grammar).startsWith(WITHOUT_TOOLS.get(name));
    } else {
      assertThat(grammar).contains("get_weather").contains("city");
    }
  }

  private static String grammar(String name, String request) {
    return TemplateFiles.use(
        TemplateFiles.text(name),
        apply -> {
          try {
            ChatFormat format = apply.apply(Json.parse(request));
            format.free();
            GrammarCheck.check(format.grammar());
            return format.grammar();
          } catch (ChatTemplateException e) {
            return String.valueOf(e.getMessage());
          }
        });
  }
}
