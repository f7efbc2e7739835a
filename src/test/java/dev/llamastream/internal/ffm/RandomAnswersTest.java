package dev.llamastream.internal.ffm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llamastream.Model;
import dev.llamastream.fixture.TinyModel;
import dev.llamastream.internal.ffm.AnswerProbe.Answer;
import dev.llamastream.internal.grammar.GrammarCheck;
import dev.llamastream.internal.json.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Random answers that the grammars allow, in all templates of llama.cpp: calls of tools, JSON of a
 * schema, or what is one of the two.
 */
@Timeout(300)
class RandomAnswersTest {

  private static final int LONGEST = 1_500;

  private static final Json SCHEMA = object("kind", "{\"const\": \"a report\"}");

  /** Whose parsers take what is a part of a tag, in the thinking, for text until more follows. */
  private static final Set<String> HASTY =
      Set.of(
          "Kimi-K2-Instruct",
          "Kimi-K2-Thinking",
          "Kimi-K3",
          "inclusionai-ling-3.0-flash",
          "moonshotai-Kimi-K2");

  /** How models think, and end that. */
  private static final List<String> THOUGHTS =
      List.of(
          "Hm.</think>",
          "<think>Hm.</think>",
          "<think>\nHm.\n</think>\n\n",
          "<seed:think>Hm.</seed:think>",
          "<mm:think>Hm.</mm:think>",
          "[THINK]Hm.[/THINK]",
          "<|START_THINKING|>Hm.<|END_THINKING|>",
          "Hm.<|END_THINKING|>",
          "<|inner_prefix|>Hm.<|inner_suffix|>",
          "<|channel|>analysis<|message|>Hm.<|end|><|start|>assistant",
          "<|channel>thought\nHm.<channel|>",
          " to=self<|message|>Hm.<|eom|><|start|>assistant",
          "Hm.<|close|>think<|sep|>");

  private static Model model;

  @BeforeAll
  static void load() {
    model = Model.load(TinyModel.defaultPath());
  }

  @AfterAll
  static void close() {
    model.close();
  }

  private static Json object(String property, String schema) {
    return Json.parse(
        ("{\"type\": \"object\", \"properties\": {\"%s\": %s}, \"required\": [\"%s\"],"
                + " \"additionalProperties\": false}")
            .formatted(property, schema, property));
  }

  private static Json tool(String name) {
    Json.Builder function =
        Json.object()
            .put("name", name)
            .put("description", "Switches it")
            .put("parameters", object("on", "{\"type\": \"boolean\"}"));
    return Json.object().put("type", "function").put("function", function.build()).build();
  }

  private static ChatFormat format(String name, String choice, boolean parallel, boolean thinking) {
    Json.Builder request =
        Json.object()
            .put("messages", Json.parse("[{\"role\": \"user\", \"content\": \"Hi\"}]"))
            .put("parallel_tool_calls", parallel)
            .put("thinking", thinking)
            .put("json_schema", SCHEMA);
    if (!choice.isEmpty()) {
      request
          .put("tools", Json.of(List.of(tool("set_light"), tool("set_sound"))))
          .put("tool_choice", choice);
    }
    ChatFormat format = TemplateFiles.apply(TemplateFiles.text(name), request.build());
    GrammarCheck.check(format.grammar());
    return format;
  }

  static List<String> templates() {
    return TemplateFiles.names();
  }

  /** What random answers of a template were. */
  private static final class Seen {
    final List<Answer> calls = new ArrayList<>();
    final List<Answer> texts = new ArrayList<>();

    void add(Answer answer, ReadMessage read) {
      if (answer.ended()) {
        (read.calls().isEmpty() ? texts : calls).add(answer);
      }
    }
  }

  /** Writes several answers that begin like this. */
  private static Seen write(
      String name, ChatFormat format, String begin, boolean parallel, int answers) {
    List<String> tags = AnswerProbe.tags(format.grammar());
    Seen seen = new Seen();
    for (int seed = 0; seed < answers; seed++) {
      int budget = begin.isEmpty() && seed % 3 == 0 ? 5 : -1;
      try (AnswerProbe probe = new AnswerProbe(model, format, budget)) {
        assertThat(begin.isEmpty() || probe.accepts(begin)).isTrue();
        Answer rest = probe.write(tags, new Random(seed), LONGEST);
        Answer answer = new Answer(begin + rest.text(), rest.ended());
        ReadMessage read = ReadMessage.read(format, List.of(answer.text()));
        check(answer, read, parallel);
        if (answer.ended() && !HASTY.contains(name)) {
          assertThat(ReadMessage.read(format, characters(answer.text())))
              .as(answer.text())
              .isEqualTo(read);
        }
        seen.add(answer, read);
      }
    }
    return seen;
  }

  private static void check(Answer answer, ReadMessage read, boolean parallel) {
    if (!answer.ended()) {
      assertThat(read.calls().isEmpty() || read.text().isBlank()).as(answer.text()).isTrue();
    } else if (read.calls().isEmpty()) {
      assertThat(read.text()).as(answer.text()).isNotBlank();
      assertThat(read.text().strip())
          .as(answer.text())
          .matches("\\{\\s*\"kind\"\\s*:\\s*\"a report\"\\s*}");
    } else {
      assertThat(read.text()).as(answer.text()).isBlank();
      assertThat(read.calls())
          .as(answer.text())
          .allSatisfy(call -> assertThat(call.name()).isIn("set_light", "set_sound"));
      if (!parallel) {
        assertThat(read.calls()).as(answer.text()).hasSize(1);
        assertThat(answer.text()).isEqualTo(answer.text().stripTrailing()); // it ends at once
      }
    }
  }

  private static List<String> characters(String text) {
    return text.codePoints().mapToObj(Character::toString).toList();
  }

  @ParameterizedTest
  @MethodSource("templates")
  void anAnswerIsOneOrTheOther(String name) {
    for (boolean thinking : List.of(true, false)) {
      ChatFormat format = format(name, "auto", false, thinking);
      Seen seen = write(name, format, "", false, 24);
      assertThat(seen.calls).as("calls").isNotEmpty();
      assertThat(seen.texts).as("texts").isNotEmpty();
      String call = seen.calls.getFirst().text();
      String text = seen.texts.getFirst().text();
      assertThat(AnswerProbe.allows(model, format, call)).as(call).isTrue();
      assertThat(AnswerProbe.allows(model, format, text)).as(text).isTrue();
      assertThat(AnswerProbe.allowsMore(model, format, call.substring(0, call.length() / 2)))
          .as(call)
          .isTrue();
      assertThat(AnswerProbe.allowsMore(model, format, text.substring(0, text.length() / 2)))
          .as(text)
          .isTrue();
      for (String wrong :
          List.of(
              text.replace("a report", "a rapport"),
              call.replaceAll("set_(light|sound)", "set_limit"),
              text + "x",
              text + call,
              call + text)) {
        assertThat(AnswerProbe.allows(model, format, wrong)).as(wrong).isFalse();
      }
      format.free();
    }
  }

  private static List<String> thoughts(ChatFormat format) {
    return THOUGHTS.stream()
        .filter(
            thought -> {
              try (AnswerProbe probe = new AnswerProbe(model, format, -1)) {
                ReadMessage read = ReadMessage.read(format, List.of(thought));
                return read.thinking().strip().equals("Hm.")
                    && read.text().isBlank()
                    && probe.accepts(thought);
              }
            })
        .toList();
  }

  @Test
  void thinkingMayComeBeforeBoth() {
    List<String> thinking = new ArrayList<>();
    List<String> oneSided = new ArrayList<>();
    for (String name : templates()) {
      ChatFormat format = format(name, "auto", false, true);
      List<String> thoughts = thoughts(format);
      for (String thought : thoughts) {
        Seen seen = write(name, format, thought, false, 24);
        if (seen.calls.isEmpty() || seen.texts.isEmpty()) {
          oneSided.add(name + ": " + thought);
        }
      }
      if (!thoughts.isEmpty()) {
        thinking.add(name);
      }
      format.free();
    }
    // its grammar of JSON allows no white space here, and its template writes none
    assertThat(oneSided).containsExactly("LFM2.5-8B-A1B: <think>\nHm.\n</think>\n\n");
    assertThat(thinking).hasSize(38);
  }

  @ParameterizedTest
  @MethodSource("templates")
  void aRequiredCallIsAll(String name) {
    for (boolean thinking : List.of(true, false)) {
      ChatFormat format = format(name, "required", false, thinking);
      Seen seen = write(name, format, "", false, 8);
      assertThat(seen.calls).isNotEmpty();
      assertThat(seen.texts).isEmpty();
      format.free();
    }
  }

  /** Where no tool may be called, and where there is none. */
  @ParameterizedTest
  @MethodSource("templates")
  void jsonIsAll(String name) {
    for (String choice : List.of("none", "")) {
      for (boolean thinking : List.of(true, false)) {
        ChatFormat format = format(name, choice, false, thinking);
        Seen seen = write(name, format, "", false, 8);
        assertThat(seen.texts).isNotEmpty();
        assertThat(seen.calls).isEmpty();
        format.free();
      }
    }
  }

  @ParameterizedTest
  @MethodSource("templates")
  void severalCalls(String name) {
    ChatFormat format = format(name, "auto", true, false);
    Seen seen = write(name, format, "", true, 24);
    assertThat(seen.texts).isNotEmpty();
    assertThat(seen.calls).isNotEmpty();
    format.free();
  }

  /** The grammars of some templates have rules called like these tools' rules. */
  @ParameterizedTest
  @MethodSource("templates")
  void aToolCalledLikeARuleStopsNothing(String name) {
    Json tools = Json.of(Stream.of("call", "calls").map(RandomAnswersTest::tool).toList());
    Json.Builder request =
        Json.object()
            .put("messages", Json.parse("[{\"role\": \"user\", \"content\": \"Hi\"}]"))
            .put("tools", tools)
            .put("tool_choice", "required")
            .put("parallel_tool_calls", false);
    ChatFormat format = TemplateFiles.apply(TemplateFiles.text(name), request.build());
    assertThat(format.grammar()).contains("root ::=");
    format.free();
  }

  /** What models of a template really write, if it is calls and no text. */
  private static List<OutputCase> knownCalls(String name) {
    return OutputCase.of(name).stream()
        .filter(output -> !output.expected().calls().isEmpty())
        .filter(output -> output.expected().text().isBlank())
        .toList();
  }

  static List<String> templatesWithKnownCalls() {
    return templates().stream().filter(name -> !knownCalls(name).isEmpty()).toList();
  }

  @ParameterizedTest
  @MethodSource("templatesWithKnownCalls")
  void knownCallsAreRead(String name) {
    for (OutputCase output : knownCalls(name)) {
      ReadMessage all = output.expected();
      ReadMessage expected = new ReadMessage("", all.thinking(), all.calls());
      ChatFormat format = TemplateFiles.apply(TemplateFiles.text(name), withSchema(output));
      assertThat(ReadMessage.read(format, List.of(output.input()))).isEqualTo(expected);
      assertThat(ReadMessage.read(format, characters(output.input()))).isEqualTo(expected);
      format.free();
    }
  }

  private static Json withSchema(OutputCase output) {
    Map<String, Json> request = new LinkedHashMap<>(output.request().members());
    request.put("tool_choice", Json.of("auto"));
    request.put("json_schema", SCHEMA);
    return new Json.Obj(request);
  }

  static List<String> withoutKimiK3() {
    return TemplateFiles.names().stream().filter(name -> !name.equals("Kimi-K3")).toList();
  }

  /** A text in JSON may be the very text of a call. Kimi-K3's texts end with any tag. */
  @ParameterizedTest
  @MethodSource("withoutKimiK3")
  void aCallInJsonIsText(String name) {
    ChatFormat format = format(name, "auto", false, false);
    Seen seen = write(name, format, "", false, 24);
    String call = seen.calls.getFirst().text();
    Json json = Json.object().put("kind", call).put("more", "x" + call + "\n" + call).build();
    String answer = seen.texts.getFirst().text();
    int begin = answer.lastIndexOf("{");
    String text = answer.substring(0, begin) + json + answer.substring(answer.lastIndexOf("}") + 1);
    for (List<String> pieces : List.of(List.of(text), characters(text))) {
      ReadMessage read = ReadMessage.read(format, pieces);
      assertThat(read.calls()).as(text).isEmpty();
      assertThat(Json.parse(read.text())).as(text).isEqualTo(json);
    }
    format.free();
  }
}
