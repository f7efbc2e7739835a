package dev.llamastream.store.internal.ollama;

import static dev.llamastream.store.internal.ollama.TranslatedTemplate.HELLO;
import static dev.llamastream.store.internal.ollama.TranslatedTemplate.HI;
import static dev.llamastream.store.internal.ollama.TranslatedTemplate.MORE;
import static dev.llamastream.store.internal.ollama.TranslatedTemplate.SYSTEM;
import static dev.llamastream.store.internal.ollama.TranslatedTemplate.jinja;
import static org.assertj.core.api.Assertions.assertThat;

import dev.llamastream.chat.ChatMessage;
import dev.llamastream.chat.ChatRequest;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Templates in the style of Ollama's. What they must give was found with Ollama 0.17.4's own
 * package.
 */
class GoTemplateTest {

  /** Reads the messages, so that a template is of the newer form, and prints nothing of them. */
  private static final String EACH = "{{ range .Messages }}{{ end }}";

  private static TranslatedTemplate engine;

  @BeforeAll
  static void load() {
    engine = new TranslatedTemplate();
  }

  @AfterAll
  static void close() {
    engine.close();
  }

  private static String value(String go) {
    return engine.render(EACH + go, SYSTEM, HELLO, HI, MORE);
  }

  @Test
  void allMessages() {
    String go =
        """
        {{- range .Messages }}<|{{ .Role }}|>
        {{ .Content }}<|end|>
        {{ end }}<|assistant|>
        """;

    assertThat(engine.render(go, SYSTEM, HELLO, HI, MORE))
        .isEqualTo(
            """
            <|system|>
            Be brief.<|end|>
            <|user|>
            Hello!<|end|>
            <|assistant|>
            Hi.<|end|>
            <|user|>
            More?<|end|>
            <|assistant|>
            """);
  }

  @Test
  void theBeginningOfTheAnswerIsOptional() {
    String jinja = jinja("{{ range .Messages }}{{ .Content }};{{ end }}answer:");

    assertThat(engine.apply(ChatRequest.builder(HELLO).template(jinja).addGenerationPrompt(false)))
        .isEqualTo("Hello!;");
    assertThat(engine.apply(ChatRequest.builder(HELLO).template(jinja)))
        .isEqualTo("Hello!;answer:");
  }

  @Test
  void theSystemMessageOnItsOwn() {
    String go =
        "{{ if .System }}[{{ .System }}]{{ end }}{{ range .Messages }}{{ if ne .Role \"system\" }}"
            + "{{ .Content }},{{ end }}{{ end }}";

    assertThat(engine.render(go, SYSTEM, HELLO)).isEqualTo("[Be brief.]Hello!,");
    assertThat(engine.render(go, HELLO)).isEqualTo("Hello!,");
    assertThat(engine.render(go, SYSTEM, HELLO, HI, SYSTEM, MORE))
        .isEqualTo("[Be brief.\n\nBe brief.]Hello!,Hi.,More?,");
  }

  @Test
  void consecutiveMessagesOfARoleAreOne() {
    String go = "{{ range .Messages }}({{ .Role }}: {{ .Content }}){{ end }}";

    assertThat(engine.render(go, SYSTEM, SYSTEM, HELLO, MORE, HI, HI, HI))
        .isEqualTo(
            "(system: Be brief.\n\nBe brief.)(user: Hello!\n\nMore?)"
                + "(assistant: Hi.\n\nHi.\n\nHi.)");
  }

  @Test
  void theLastMessage() {
    String go =
        """
        {{- range $i, $m := .Messages }}
        {{- $last := eq (len (slice $.Messages $i)) 1 }}
        {{- if eq .Role "user" }}<u>{{ $m.Content }}
        {{- if and $last $.System }}({{ $.System }}){{ end }}
        {{- else if eq .Role "assistant" }}<a>{{ .Content }}{{ if not $last }}</a>{{ end }}
        {{- end }}
        {{- if and (ne .Role "assistant") $last }}<a>{{ end }}
        {{- end }}""";

    assertThat(engine.render(go, SYSTEM, HELLO, HI, MORE))
        .isEqualTo("<u>Hello!<a>Hi.</a><u>More?(Be brief.)<a>");
    assertThat(engine.render(go, HELLO, HI)).isEqualTo("<u>Hello!<a>Hi.");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a'b\"c\\d\\n",
        "{% raw %}{# no #}%}",
        "\n\n a \t\n",
        "\r\n",
        "{ { }} -}} { ",
        "日本語 👋 é",
        "\u000b\f\b\u0007",
      })
  void textIsText(String text) {
    assertThat(engine.render(text + "{{ range .Messages }}" + text + "{{ end }}" + text, HELLO))
        .isEqualTo(text.repeat(3));
  }

  @Test
  void whatMessagesSayIsNoTemplate() {
    ChatMessage odd = ChatMessage.user("{{ .System }} {% if %} '\\n\" {{- ");

    assertThat(engine.render("{{ range .Messages }}<{{ .Content }}>{{ end }}", odd))
        .isEqualTo("<{{ .System }} {% if %} '\\n\" {{- >");
  }

  @Test
  void spaceAroundActions() {
    assertThat(value("a {{- \"b\" }} c")).isEqualTo("ab c");
    assertThat(value("a {{ \"b\" -}} \n\t c")).isEqualTo("a bc");
    assertThat(value("a \n {{- /* note */ -}} \n b")).isEqualTo("ab");
    assertThat(value("a {{/* note */}} b")).isEqualTo("a  b");
    assertThat(value("a{{ \"b\"\n}}\n")).isEqualTo("ab\n");
  }

  private static void prints(String expression, String text) {
    assertThat(value("{{ " + expression + " }}")).as("%s", expression).isEqualTo(text);
  }

  @Test
  void values() {
    prints("\"a\\tb\\\\\\\"\\x41\\u00e9\\U0001F44B\"", "a\tb\\\"Aé👋");
    prints("`a\\n\"`", "a\\n\"");
    prints(".System", "Be brief.");
    prints(".Response", "");
    prints(".Nothing", "<no value>");
    prints(".Prompt", "<no value>");
    prints("true", "true");
    prints("-12", "-12");
    prints(".Think", "true");
    prints(".IsThinkSet", "true");
    prints(".ThinkLevel", "");
    prints("(index .Messages 2).Content", "Hi.");
    prints("(.System)", "Be brief.");
  }

  @Test
  void comparisons() {
    prints("eq 1 2 1", "true");
    prints("eq \"a\" \"b\"", "false");
    prints("ne \"a\" \"b\"", "true");
    prints("eq .Prompt nil", "true");
    prints("eq .System nil", "false");
    prints("lt 1 2", "true");
    prints("le 2 2", "true");
    prints("gt -1 +2", "false");
    prints("ge 2 2", "true");
  }

  @Test
  void logic() {
    prints("not .System", "false");
    prints("not .", "false");
    prints("or .Response .System", "Be brief.");
    prints("and 1 2", "2");
    prints("and \"\" \"b\"", "");
    prints("and true (or false true)", "true");
    prints("or false false true", "true");
  }

  @Test
  void listsAndTexts() {
    prints("len .Messages", "4");
    prints("len (slice .Messages 1)", "3");
    prints("len (slice .Messages 1 3)", "2");
    prints("len (slice .System 3)", "6");
    prints("len \"é\"", "2");
    prints("slice \"abcd\" 1 3", "bc");
    prints("printf \"%s: %d%% %v\" \"a\" 5 \"c\"", "a: 5% c");
    prints("print \"a\" .System", "aBe brief.");
    prints("println \"a\" \"b\"", "a b\n");
    prints("\"b\" | printf \"%s-%s\" \"a\"", "a-b");
    prints(".System | len", "9");
    prints("json \"<a> & \\\"b\\\"\"", "\"\\u003ca\\u003e \\u0026 \\\"b\\\"\"");
    prints("json 5", "5");
    prints("json true", "true");
  }

  @Test
  void dates() {
    ChatRequest.Builder request =
        ChatRequest.builder(HELLO)
            .template(jinja(EACH + "{{ currentDate }}"))
            .now(Instant.ofEpochSecond(1_749_990_896));

    assertThat(engine.apply(request)).isEqualTo("2025-06-15");
  }

  @Test
  void thinking() {
    String jinja =
        jinja(
            "{{ if .Think }}think {{ .ThinkLevel }}{{ end }}"
                + "{{ range .Messages }}{{ with .Thinking }}<{{ . }}>{{ end }}{{ end }}");
    ChatMessage thought =
        ChatMessage.builder(ChatMessage.Role.ASSISTANT).text("Hi.").thinking("hm").build();
    ChatRequest.Builder request = ChatRequest.builder(HELLO, thought, MORE).template(jinja);

    assertThat(engine.apply(request.templateArguments(Map.of("reasoning_effort", "\"low\""))))
        .isEqualTo("think low<hm>");
    assertThat(engine.apply(request.templateArguments(Map.of()).thinking(false))).isEqualTo("<hm>");
  }

  @Test
  void branches() {
    String go =
        "{{ range .Messages }}{{ if eq .Role \"system\" }}S{{ else if eq .Role \"user\" }}U"
            + "{{ else }}{{ with .Content }}{{ . }}{{ else }}none{{ end }}{{ end }}{{ end }}";

    assertThat(engine.render(go, SYSTEM, HELLO, HI, MORE, ChatMessage.assistant("")))
        .isEqualTo("SUHi.Unone");
    assertThat(value("{{ with .Nothing }}a{{ else with .System }}{{ . }}{{ end }}"))
        .isEqualTo("Be brief.");
    assertThat(value("{{ if $s := .System }}{{ $s }}{{ else }}{{ len $s }}{{ end }}"))
        .isEqualTo("Be brief.");
  }

  @Test
  void variablesKeepWhatALoopGivesThem() {
    assertThat(
            value(
                "{{ $x := \"\" }}{{ range .Messages }}{{ range $.Messages }}"
                    + "{{ $x = printf \"%s%d\" $x (len .Content) }}{{ end }}{{ end }}{{ $x }}"))
        .isEqualTo("9635".repeat(4));
  }

  @Test
  void variablesOfTheSameName() {
    assertThat(
            value(
                "{{ $x := \"a\" }}{{ range .Messages }}{{ $x := .Role }}{{ $x = \"b\" }}"
                    + "{{ if true }}{{ $x := 1 }}{{ $x }}{{ end }}{{ $x }}{{ end }}{{ $x }}"))
        .isEqualTo("1b1b1b1ba");
  }

  @Test
  void rangesWithAndWithoutElements() {
    assertThat(value("{{ range $i, $m := .Messages }}{{ $i }}{{ $m.Role }} {{ end }}"))
        .isEqualTo("0system 1user 2assistant 3user ");
    assertThat(value("{{ range $m := .Messages }}{{ $m.Role }} {{ end }}"))
        .isEqualTo("system user assistant user ");
    assertThat(value("{{ range .Tools }}a{{ else }}b{{ end }}")).isEqualTo("b");
    assertThat(value("{{ range .Nothing }}a{{ else }}b{{ end }}")).isEqualTo("b");
    assertThat(
            value(
                "{{ range $i, $_ := .Messages }}{{ range .ToolCalls }}{{ $i }}{{ end }}{{ end }}"))
        .isEmpty();
  }

  @Test
  void jumpsKeepWhatWasPrintedBefore() {
    assertThat(
            value(
                "{{ range .Messages }}{{ if eq .Role \"user\" }}{{ if true }}u{{ continue }}!"
                    + "{{ end }}?{{ end }}{{ .Content }}{{ end }}"))
        .isEqualTo("Be brief.uHi.u");
    assertThat(
            value(
                "{{ range .Messages }}{{ range $.Messages }}{{ if eq .Role \"assistant\" }}"
                    + "{{ break }}{{ end }}{{ .Role }} {{ end }}| {{ end }}"))
        .isEqualTo("system user | ".repeat(4));
    assertThat(
            value(
                "{{ range .Messages }}{{ .Role }}{{ if eq .Role \"user\" }}.{{ break }}{{ end }}"
                    + "{{ end }}"))
        .isEqualTo("systemuser.");
  }

  @Test
  void aNestedTemplateAsDeepAsAllowed() {
    String open = "{{ if .System }}".repeat(90);
    assertThat(value(open + "x" + "{{ end }}".repeat(90))).isEqualTo("x");
  }

  @Test
  void manyBranches() {
    StringBuilder go = new StringBuilder(EACH + "{{ if eq .System \"a\" }}a");
    for (int i = 0; i < 40; i++) {
      go.append("{{ else if eq .System \"").append(i).append("\" }}").append(i);
    }
    assertThat(engine.render(go + "{{ else }}other{{ end }}", SYSTEM)).isEqualTo("other");
  }
}
