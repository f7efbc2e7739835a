package dev.llamastream.store.internal.ollama;

import static dev.llamastream.store.internal.ollama.TranslatedTemplate.HELLO;
import static dev.llamastream.store.internal.ollama.TranslatedTemplate.MORE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.llamastream.chat.ChatMessage;
import dev.llamastream.chat.Tool;
import dev.llamastream.chat.ToolCall;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What these templates must give was found with Ollama 0.17.4's own package. */
class GoToolsTest {

  private static final Tool WEATHER =
      Tool.of(
          "weather",
          "Rain & <sun>",
          """
          {"type": "object", "additionalProperties": false, "required": ["city"], "properties": {
            "days": {"type": ["integer", "null"], "default": 3},
            "city": {"description": "Where", "type": "string", "enum": ["Zürich", "Bern"]},
            "list": {"type": "array", "items": {"type": "string", "b": 1, "a": [true, null]}}}}
          """);
  private static final String WEATHER_FUNCTION =
      """
      {"name":"weather","description":"Rain \\u0026 \\u003csun\\u003e","parameters":\
      {"type":"object","required":["city"],"properties":{"city":{"type":"string",\
      "description":"Where","enum":["Zürich","Bern"]},"days":{"type":["integer","null"]},\
      "list":{"type":"array","items":{"a":[true,null],"b":1,"type":"string"}}}}}""";
  private static final Tool CLOCK = Tool.of("clock", "", "{\"type\": \"object\"}");
  private static final ToolCall CALL =
      ToolCall.of(
          "c1",
          "weather",
          "{\"days\": 3, \"city\": \"<Bern>\", \"in\": {\"b\": [1], \"a\": true}}");
  private static final ChatMessage ASKS =
      ChatMessage.builder(ChatMessage.Role.ASSISTANT).toolCalls(List.of(CALL)).build();
  private static final ChatMessage RESULT = ChatMessage.toolResult(CALL, "sunny");

  private static final String CALLS =
      "{{ range .Messages }}{{ range .ToolCalls }}<{{ .Function.Name }} {{ .Function.Arguments }}>"
          + "{{ end }}{{ if eq .Role \"tool\" }}({{ .Content }}){{ end }}{{ end }}";

  private static TranslatedTemplate engine;

  @BeforeAll
  static void load() {
    engine = new TranslatedTemplate();
  }

  @AfterAll
  static void close() {
    engine.close();
  }

  private static String tools(String go, Tool... tools) {
    return engine.render(go + CALLS, List.of(HELLO), List.of(tools));
  }

  @Test
  void inJson() {
    String both =
        "[{\"type\":\"function\",\"function\":"
            + WEATHER_FUNCTION
            + "},{\"type\":\"function\",\"function\":{\"name\":\"clock\",\"description\":\"\","
            + "\"parameters\":{\"type\":\"object\",\"properties\":null}}}]";

    assertThat(tools("{{ json .Tools }}", WEATHER, CLOCK)).isEqualTo(both);
    assertThat(tools("{{ .Tools }}", WEATHER, CLOCK)).isEqualTo(both);
    assertThat(tools("{{ if .Tools }}{{ json .Tools }}{{ end }}")).isEmpty();
  }

  @Test
  void eachFunction() {
    // as older versions of Ollama, with which such templates were written
    assertThat(tools("{{ range .Tools }}{{ .Function }};{{ end }}", WEATHER))
        .isEqualTo(WEATHER_FUNCTION + ";");
    assertThat(
            tools(
                "{{ range .Tools }}{{ .Type }} {{ .Function.Name }}{{ range .Function.Parameters."
                    + "Required }} {{ . }}{{ end }}: {{ .Function.Description }}{{ end }}",
                WEATHER))
        .isEqualTo("function weather city: Rain & <sun>");
  }

  @Test
  void properties() {
    assertThat(
            tools(
                "{{ range .Tools }}{{ .Function.Name }}({{ range $name, $p := .Function.Parameters"
                    + ".Properties }}{{ $name }}: {{ toTypeScriptType $p }} {{ json .Description }}"
                    + "{{ range .Enum }}|{{ . }}{{ end }}, {{ end }}){{ end }}",
                WEATHER))
        .isEqualTo(
            "weather(city: string \"Where\"|Zürich|Bern, days: number | null \"\","
                + " list: any[] \"\", )");
    assertThat(
            tools(
                "{{ range .Tools }}{{ .Function.Name }} {{ range .Function.Parameters.Properties }}"
                    + "{{ .Type }},{{ end }}{{ end }}",
                Tool.of("f", "", "{\"properties\":{\"b\":{\"type\":\"number\"},\"a\":{}}}")))
        .isEqualTo("f ,number,");
  }

  @Test
  void calls() {
    String go = "{{ range .Tools }}{{ .Function.Name }} {{ end }}" + CALLS;

    assertThat(engine.render(go, List.of(HELLO, ASKS, RESULT, RESULT), List.of(WEATHER)))
        .isEqualTo(
            "weather <weather {\"city\":\"\\u003cBern\\u003e\",\"days\":3,"
                + "\"in\":{\"a\":true,\"b\":[1]}}>(sunny)(sunny)");
  }

  @Test
  void arguments() {
    String go =
        "{{ range .Tools }}{{ .Function.Name }} {{ end }}{{ range .Messages }}{{ range .ToolCalls }}"
            + "{{ .ID }}{{ range $k, $v := .Function.Arguments }} {{ $k }}={{ $v }}{{ end }}"
            + " {{ index .Function.Arguments \"city\" }} {{ .Function.Arguments.days }}"
            + " {{ json .Function.Arguments }}{{ end }}"
            + "{{ .ToolName }}{{ .ToolCallID }}{{ end }}";

    assertThat(engine.render(go, List.of(HELLO, ASKS, RESULT, MORE), List.of(WEATHER)))
        .isEqualTo(
            "weather c1 city=<Bern> days=3 in=map[a:true b:[1]] <Bern> 3"
                + " {\"city\":\"\\u003cBern\\u003e\",\"days\":3,\"in\":{\"a\":true,\"b\":[1]}}"
                + "weatherc1");
  }

  @Test
  void argumentsNamedLikeMethods() {
    ToolCall call = ToolCall.of("c1", "f", "{\"items\": \"x\", \"keys\": 2}");
    ChatMessage asks =
        ChatMessage.builder(ChatMessage.Role.ASSISTANT).toolCalls(List.of(call)).build();
    String go =
        "{{ range .Tools }}{{ .Function.Name }} {{ end }}{{ range .Messages }}{{ range .ToolCalls }}"
            + "{{ .Function.Arguments.items }}{{ .Function.Arguments.keys }}"
            + "{{ .Function.Arguments }}{{ end }}{{ end }}";

    assertThat(engine.render(go, List.of(HELLO, asks, MORE), List.of(CLOCK)))
        .isEqualTo("clock x2{\"items\":\"x\",\"keys\":2}");
  }

  @Test
  void noProperties() {
    String go =
        "{{ range .Tools }}{{ .Function.Name }} {{ json .Function.Parameters.Properties }}"
            + "{{ range .Function.Parameters.Properties }}a{{ else }}b{{ end }}{{ end }}";

    assertThat(tools(go, CLOCK)).isEqualTo("clock nullb");
    assertThat(tools(go, Tool.of("f", "", "{\"properties\": {}}"))).isEqualTo("f {}b");
  }

  @Test
  void aTemplateThatKnowsNoTools() {
    // the library describes them
    assertThat(
            engine.render(
                "{{ range .Messages }}{{ .Content }}{{ end }}", List.of(HELLO), List.of(CLOCK)))
        .contains("<tools>", "\"clock\"", "Hello!");
  }
}
