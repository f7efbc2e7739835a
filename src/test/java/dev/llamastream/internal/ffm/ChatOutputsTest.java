package dev.llamastream.internal.ffm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llamastream.internal.json.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What models of many chat templates write, in pieces of all kinds, and the message in it. */
class ChatOutputsTest {

  private static final String TOOLS =
      """
      "tools": [{"type": "function", "function":
                 {"name": "get_weather", "description": "Weather", "parameters":
                  {"type": "object", "properties": {"city": {"type": "string"}}}}}],
      """;

  static List<String> templates() {
    return TemplateFiles.names().stream().filter(name -> !OutputCase.of(name).isEmpty()).toList();
  }

  @Test
  void mostTemplatesHaveOutputs() {
    assertThat(templates()).hasSize(58);
    assertThat(templates().stream().mapToInt(name -> OutputCase.of(name).size()).sum())
        .isEqualTo(459);
  }

  @ParameterizedTest
  @MethodSource("templates")
  void findsTheMessage(String name) {
    List<String> failures =
        TemplateFiles.use(TemplateFiles.text(name), apply -> failures(name, apply));
    assertThat(failures).isEmpty();
  }

  static List<String> allTemplates() {
    return TemplateFiles.names();
  }

  /** The answers obey no format. Some templates take them for thoughts. */
  @ParameterizedTest
  @MethodSource("allTemplates")
  void losesNothing(String name) {
    List<String> answers =
        List.of(
            "a < b, << c\n<<<<<<< HEAD\n=======\n>>>>>>> x </thin </thinks <|im [TOOL [INST <br> end",
            "Use `x = {\"a\": [1, 2]}`;  two \n\n\n  lines\t\nend, 日本語 😀 {\"name\": \"none\"} end");
    List<String> failures = new ArrayList<>();
    for (String tools : List.of("", TOOLS)) {
      Json request =
          Json.parse(
              "{%s\"messages\": [{\"role\": \"user\", \"content\": \"Hi\"}]}".formatted(tools));
      ChatFormat format = TemplateFiles.apply(TemplateFiles.text(name), request);
      for (String answer : answers) {
        ReadMessage whole = ReadMessage.read(format, List.of(answer));
        assertThat((whole.thinking() + whole.text()).strip()).endsWith(answer);
        failures.addAll(inPieces(format, answer, whole));
      }
      format.free();
    }
    assertThat(failures).isEmpty();
  }

  @Test
  void passesTextOnUnread() {
    ChatFormat format =
        TemplateFiles.apply(
            TemplateFiles.text("Qwen-Qwen3-0.6B"),
            Json.parse("{\"messages\": [{\"role\": \"user\", \"content\": \"Hi\"}]}"));
    List<ChatFormat.News> news = new ArrayList<>();
    for (String piece :
        List.of("<think>", "One", "Two", "</think>", "Three", "<", "Four".repeat(9), "Five")) {
      news.add(format.parse(piece, false).news());
    }
    format.free();
    assertThat(news)
        .containsExactly(
            ChatFormat.News.NOTHING,
            ChatFormat.News.SEVERAL,
            ChatFormat.News.THINKING,
            ChatFormat.News.NOTHING,
            ChatFormat.News.SEVERAL,
            ChatFormat.News.SEVERAL,
            ChatFormat.News.SEVERAL,
            ChatFormat.News.TEXT);
  }

  private static List<String> failures(String name, Function<Json, ChatFormat> apply) {
    List<String> failures = new ArrayList<>();
    List<OutputCase> cases = OutputCase.of(name);
    for (int i = 0; i < cases.size(); i++) {
      OutputCase output = cases.get(i);
      ChatFormat format = apply.apply(output.request());
      try {
        String failure = failure(output, format);
        if (!failure.isEmpty()) {
          failures.add("\n" + name + " case " + i + ": " + failure);
        }
      } finally {
        format.free();
      }
    }
    return failures;
  }

  private static String failure(OutputCase output, ChatFormat format) {
    ReadMessage whole = ReadMessage.read(format, List.of(output.input()));
    if (!whole.equals(output.expected())) {
      return "expected%n  %s%nwas%n  %s".formatted(output.expected(), whole);
    }
    return inPieces(format, output.input(), whole).stream().findFirst().orElse("");
  }

  private static List<String> inPieces(ChatFormat format, String answer, ReadMessage whole) {
    List<String> failures = new ArrayList<>();
    for (List<String> pieces : divisions(answer.codePoints().toArray())) {
      ReadMessage sum = ReadMessage.read(format, pieces);
      if (!sum.equals(whole)) {
        failures.add("in pieces%n  %s%nexpected%n  %s%nwas%n  %s".formatted(pieces, whole, sum));
      }
    }
    return failures;
  }

  /** Character by character, in pieces of three characters, and in two at each place. */
  private static List<List<String>> divisions(int[] characters) {
    List<List<String>> divisions = new ArrayList<>();
    divisions.add(pieces(characters, 1, 1));
    for (int first = 1; first <= 3; first++) {
      divisions.add(pieces(characters, first, 3));
    }
    for (int first = 1; first < characters.length; first++) {
      divisions.add(pieces(characters, first, characters.length));
    }
    return divisions;
  }

  private static List<String> pieces(int[] characters, int first, int others) {
    List<String> pieces = new ArrayList<>();
    int begin = 0;
    for (int end = first; begin < characters.length; end += others) {
      int stop = Math.min(end, characters.length);
      pieces.add(new String(characters, begin, stop - begin));
      begin = stop;
    }
    return pieces.isEmpty() ? List.of("") : pieces;
  }
}
