package dev.llamastream.internal.ffm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llamastream.internal.grammar.GrammarCheck;
import dev.llamastream.internal.json.Json;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The grammars of answers in all templates of llama.cpp. */
class ChatGrammarTest {

  private static final String HI = "{\"role\": \"user\", \"content\": \"Hi\"}";

  private static final String SCHEMA =
      "{\"type\": \"object\", \"properties\": {\"city\": {\"type\": \"string\"}},"
          + " \"required\": [\"city\"]}";

  static List<String> templates() {
    return TemplateFiles.names();
  }

  @ParameterizedTest
  @MethodSource("templates")
  void aSchemaGivesAGrammar(String name) {
    assertThat(grammar(name, request(HI, "\"json_schema\": " + SCHEMA))).contains("city");
  }

  @ParameterizedTest
  @MethodSource("templates")
  void aRequiredToolGivesAGrammar(String name) {
    String function = "{\"name\": \"get_weather\", \"parameters\": " + SCHEMA + "}";
    String tools = "\"tools\": [{\"type\": \"function\", \"function\": " + function + "}]";
    String grammar = grammar(name, request(HI, "\"tool_choice\": \"required\", " + tools));
    assertThat(grammar).contains("get_weather");
  }

  /** Also where several are allowed: llama.cpp's grammars then allow none. */
  @ParameterizedTest
  @MethodSource("templates")
  void aRequiredCallIsNotOptional(String name) {
    String function = "{\"name\": \"get_weather\", \"parameters\": " + SCHEMA + "}";
    String tools = "\"tools\": [{\"type\": \"function\", \"function\": " + function + "}]";
    String required = "\"tool_choice\": \"required\", \"parallel_tool_calls\": true, ";
    assertThat(grammar(name, request(HI, required + tools)))
        .doesNotContain("tool-call?", "tool-call-first?", "tool-calls?");
  }

  /** llama.cpp's format knows no schema. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "GigaChat3-10B-A1.8B",
        "Kimi-K2-Instruct",
        "Kimi-K2-Thinking",
        "inclusionai-ling-3.0-flash",
        "moonshotai-Kimi-K2"
      })
  void jsonTakesThePlaceOfText(String name) {
    Json request = request(HI, "\"thinking\": false, \"json_schema\": " + SCHEMA);
    ChatFormat format = TemplateFiles.apply(TemplateFiles.text(name), request);
    String json = "{\"city\": \"Paris\"}";
    assertThat(ReadMessage.read(format, List.of("{\"ci", "ty\": \"Par", "is\"}")))
        .isEqualTo(new ReadMessage(json, "", List.of()));
    format.free();
  }

  @Test
  void jsonThatIsBegunIsContinued() {
    String begun = HI + ", {\"role\": \"assistant\", \"content\": \"{\"}";
    Json request = request(begun, "\"continue_final_message\": true, \"json_schema\": " + SCHEMA);
    ChatFormat format = TemplateFiles.apply(TemplateFiles.text("Kimi-K3"), request);
    assertThat(ReadMessage.read(format, List.of("\"city\": ", "\"Paris\"}")).text())
        .isEqualTo("\"city\": \"Paris\"}");
    format.free();
  }

  private static Json request(String messages, String rest) {
    return Json.parse("{\"messages\": [" + messages + "], " + rest + "}");
  }

  private static String grammar(String name, Json request) {
    ChatFormat format = TemplateFiles.apply(TemplateFiles.text(name), request);
    format.free();
    GrammarCheck.check(format.grammar());
    return format.grammar();
  }
}
