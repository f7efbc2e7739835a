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

  static List<String> templates() {
    return TemplateFiles.names().stream()
        .filter(name -> !OutputCase.of(name).isEmpty())
        .toList();
  }

  @Test
  void mostTemplatesHaveOutputs() {
    assertThat(templates()).hasSize(58);
  }

  @ParameterizedTest
  @MethodSource("templates")
  void findsTheMessage(String name) {
    List<String> failures =
        TemplateFiles.use(TemplateFiles.text(name), apply -> failures(name, apply));
    assertThat(failures).isEmpty();
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
          failures.add("%n%s case %d: %s".formatted(name, i, failure));
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
    int[] characters = output.input().codePoints().toArray();
    for (List<String> pieces : divisions(characters)) {
      ReadMessage sum = ReadMessage.read(format, pieces);
      if (!sum.equals(whole)) {
        return "in pieces%n  %s%nexpected%n  %s%nwas%n  %s".formatted(pieces, whole, sum);
      }
    }
    return "";
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
