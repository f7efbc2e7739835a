package dev.llamastream.store.internal.ollama;

import static dev.llamastream.store.internal.ollama.TranslatedTemplate.HELLO;
import static dev.llamastream.store.internal.ollama.TranslatedTemplate.HI;
import static dev.llamastream.store.internal.ollama.TranslatedTemplate.MORE;
import static dev.llamastream.store.internal.ollama.TranslatedTemplate.SYSTEM;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.llamastream.chat.ChatRequest;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Templates that were changed at random: each has a translation that runs, or a reason for none.
 */
class GoTemplateFuzzTest {

  private static final int TEMPLATES = 10_000;

  /** Each such translation, one of so many, is rendered. */
  private static final int SAMPLE = 25;

  private static final List<String> SEEDS =
      List.of(
          "{{ if .System }}<s>{{ .System }}{{ end }}{{ .Prompt }}<a>{{ .Response }}</a>\n",
          "{{- range .Messages }}<|{{ .Role }}|>\n{{ .Content }}<|end|>\n{{ end }}<|assistant|>\n",
          """
          {{- $system := "" }}
          {{- range $i, $m := .Messages }}
          {{- $last := eq (len (slice $.Messages $i)) 1 -}}
          {{- if eq .Role "system" }}{{ $system = printf "%s %s" $system .Content }}{{ continue }}
          {{- else if and (eq .Role "user") $last }}{{ $system }} {{ $m.Content }}
          {{- else if .ToolCalls }}{{ range .ToolCalls }}{{ json .Function.Arguments }}{{ end }}
          {{- else }}{{ with .Content }}{{ . }}{{ else }}-{{ break }}{{ end }}
          {{- end }}
          {{- end }}{{/* end */}}""",
          """
          {{- if or .System .Tools }}{{ .System }}
          {{- range .Tools }}{{ .Function.Name }}: {{ .Function }}
          {{- range $name, $p := .Function.Parameters.Properties }} {{ $name }}={{ $p.Type }}{{ end }}
          {{- end }}{{ end }}
          {{- range .Messages }}{{ .Role | printf "%s:" }}{{ .Content }}{{ end }}""");

  private static final List<String> PIECES =
      List.of(
          "{{",
          "}}",
          "{{-",
          " -}}",
          "{{ end }}",
          "{{ else }}",
          "{{ if .System }}",
          "{{ break }}",
          "{{ range .Messages }}",
          "{{ continue }}",
          "{{ .Content }}",
          ".Role",
          ".Tools",
          "$m.Role",
          ".Response",
          ".Prompt",
          "$",
          "$i",
          "$last",
          ".",
          "nil",
          "true",
          "0",
          "-7",
          "\"\"",
          "\"a\"",
          "`",
          "'",
          "\\",
          "|",
          "(",
          ")",
          " ",
          "\n",
          ":=",
          "=",
          ",",
          "eq ",
          "and ",
          "not ",
          "len ",
          "slice ",
          "index ",
          "json ",
          "{%",
          "%}",
          "{#",
          "é",
          "👋",
          "{{/*",
          "*/}}");

  private static String mutant(Random random) {
    StringBuilder go = new StringBuilder(SEEDS.get(random.nextInt(SEEDS.size())));
    for (int i = random.nextInt(4); i >= 0; i--) {
      int begin = random.nextInt(go.length() + 1);
      int end = Math.min(go.length(), begin + random.nextInt(12));
      String piece = PIECES.get(random.nextInt(PIECES.size()));
      switch (random.nextInt(5)) {
        case 0 -> go.delete(begin, end);
        case 1 -> go.insert(begin, piece);
        case 2 -> go.insert(end, go.substring(begin, end));
        case 3 -> {
          int action = go.indexOf("{{", begin);
          go.insert(Math.max(0, action), piece);
        }
        default -> {
          int space = go.indexOf(" ", begin);
          int next = go.indexOf(" ", space + 1);
          if (space >= 0 && next > space) {
            go.replace(space + 1, next, piece.strip());
          }
        }
      }
    }
    return go.toString();
  }

  @Test
  void mutations() {
    Random random = new Random(1);
    int translated = 0;
    int untranslatable = 0;
    try (TranslatedTemplate engine = new TranslatedTemplate()) {
      for (int i = 0; i < TEMPLATES; i++) {
        String go = mutant(random);
        int[] reasons = {0};
        String jinja = GoTemplate.translate(go, reason -> reasons[0]++);
        assertThat(reasons[0]).as("%s", go).isEqualTo(jinja.isEmpty() ? 1 : 0);
        if (jinja.isEmpty()) {
          untranslatable++;
        } else if (++translated % SAMPLE == 0) {
          assertThatCode(
                  () -> engine.apply(ChatRequest.builder(SYSTEM, HELLO, HI, MORE).template(jinja)))
              .as("%s", go)
              .doesNotThrowAnyException();
        }
      }
    }
    // both happen often enough to mean something
    assertThat(translated).isGreaterThan(TEMPLATES / 10);
    assertThat(untranslatable).isGreaterThan(TEMPLATES / 10);
  }
}
