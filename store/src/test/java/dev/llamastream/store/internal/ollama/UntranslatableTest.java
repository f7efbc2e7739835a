package dev.llamastream.store.internal.ollama;

import static dev.llamastream.store.internal.ollama.TranslatedTemplate.jinja;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Templates that are malformed, too large, or have constructs without a counterpart. */
class UntranslatableTest {

  private static String construct(String go) {
    List<String> constructs = new ArrayList<>();
    assertThat(GoTemplate.translate(go, constructs::add)).as("%s", go).isEmpty();
    assertThat(constructs).as("%s", go).hasSize(1);
    return constructs.getFirst();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '\0',
      value = {
        "{{ define \"x\" }}{{ end }}; 'define'",
        "{{ template \"x\" . }}; 'template'",
        "{{ block \"x\" . }}{{ end }}; 'block'",
        "{{ html .System }}; the function html",
        "{{ yesterdayDate }}; the function yesterdayDate",
        "{{ .Messages }}{{ range .Messages }}{{ end }}; the text of MESSAGES",
        "{{ . }}; the text of ROOT",
        "{{ range .Messages }}{{ .Name }}{{ end }}; .Name, which MESSAGE does not have",
        "{{ range .System }}{{ end }}; a range over STRING",
        "{{ range 3 }}{{ end }}; a range over INT",
        "{{ $x }}; the variable $x, which is not declared there",
        "{{ if true }}{{ $x := 1 }}{{ end }}{{ $x }}; the variable $x, which is not declared there",
        "{{ $x = 1 }}; the variable $x, which is not declared there",
        "{{ $x := 1 }}{{ $x = \"a\" }}; $x, which is first INT and then STRING",
        "{{ ($x := 1) }}; a variable that is set within parentheses",
        "{{ eq .System 1 }}; a comparison of STRING with INT",
        "{{ eq .System }}; the arguments of the function eq",
        "{{ lt .System \"a\" }}; the function lt of STRING",
        "{{ len 5 }}; the length of INT",
        "{{ index .System 1 }}; an index of INT in STRING",
        "{{ slice .System \"a\" }}; the arguments of the function slice",
        "{{ printf .System }}; a printf whose format is no constant",
        "{{ printf \"%q\" .System }}; %q for STRING in a printf",
        "{{ printf \"%s\" }}; %s for NIL in a printf",
        "{{ printf \"a\" .System }}; the arguments of the function printf",
        "{{ .System \"a\" }}; an argument for what is no function",
        "{{ break }}; 'break' at its place",
        "{{ if }}a{{ end }}; '}}' at its place",
        "{{ }}; '}}' at its place",
        "{{ if true }}a; the end comes too early",
        "{{ end }}; an 'else' or 'end' without 'if'",
        "{{ if true }}{{ else }}{{ else }}{{ end }}; 'else' at its place",
        "{{ (1 }}; '}}' at its place",
        "{{ eq(1)(1) }}; '(' at its place",
        "{{ .System; an action has no end",
        "{{ \"a }}; a string has no end",
        "{{ `a }}; a string has no end",
        "{{/* a }}; a comment has no end",
        "{{/* a */ }}; something follows a comment",
        "{{ 1.5 }}; the number 1.5",
        "{{ 12345678901 }}; the number 12345678901",
        "{{ 'a' }}; the character APOSTROPHE",
        "{{ .System.Name }}; .Name, which STRING does not have",
        "{{ \"\\q\" }}; an escape in the string \"\\q\"",
        "{{ \"\\xff\" }}; an escape in the string \"\\xff\"",
        "{{ \"\\ud800\" }}; an escape in the string \"\\ud800\"",
        "{{ \"\\u0000\" }}; an escape in the string \"\\u0000\"",
        "{{ x+1 }}; the character + after x",
        "{{ len .Response }}; a function of .Response",
      })
  void whatHasNoCounterpart(String go, String reason) {
    assertThat(construct(go)).isEqualTo(reason);
  }

  @Test
  void nul() {
    assertThat(construct("a\0b")).isEqualTo("the character NUL");
  }

  @Test
  void tooDeep() {
    for (String go :
        List.of(
            "{{ if true }}".repeat(100_000),
            "{{ if true }}a".repeat(101) + "{{ end }}".repeat(101),
            "{{ if 1 }}" + "{{ else if 1 }}".repeat(101) + "{{ end }}",
            "{{ " + "(".repeat(100_000) + " }}",
            "{{ range .Messages }}" + "{{ if 1 }}{{ break }}{{ end }}".repeat(201) + "{{ end }}")) {
      assertThat(construct(go)).endsWith("blocks in one another");
    }
  }

  @Test
  void tooLong() {
    assertThat(construct("{{ .Prompt }}".repeat(OllamaDefaults.MAX_BYTES / 13)))
        .contains("too long");
    assertThat(jinja("x".repeat(GoTemplate.MAX_LENGTH / 3))).hasSizeLessThan(GoTemplate.MAX_LENGTH);
  }
}
