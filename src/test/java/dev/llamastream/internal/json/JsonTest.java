package dev.llamastream.internal.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "[]",
        "\"\"",
        "0",
        "-0",
        "-1.5e+10",
        "1E5",
        "true",
        "false",
        "null",
        "{\"a\":[1,{\"b\":null}],\"c\":\"d\"}",
        "[[],{},\"\"]",
        "\"日本 😀 \\\" \\\\ / \\n\\r\\t\"",
        "\"\\u0000\\u001f\"",
        "{\"\":0}",
        "1234567890123456789012345678901234567890.5"
      })
  void whatIsWrittenIsWhatWasRead(String text) {
    assertThat(Json.parse(text).toString()).isEqualTo(text);
  }

  @Test
  void whiteSpaceAndEscapesMayBeWrittenOtherwise() {
    assertThat(Json.parse(" \t\r\n{ \"a\" : [ 1 , 2 ] } \n").toString()).isEqualTo("{\"a\":[1,2]}");
    assertThat(Json.parse("\"\\u0041\\u00e9\\/\\b\\f\\ud83d\\ude00\""))
        .isEqualTo(Json.of("Aé/\b\f😀"));
  }

  @Test
  void ofTwoMembersOfOneNameTheLastCounts() {
    assertThat(Json.parse("{\"a\":1,\"b\":2,\"a\":3}").toString()).isEqualTo("{\"a\":3,\"b\":2}");
  }

  @Test
  void halvesOfSurrogatePairsAreKept() {
    Json half = Json.parse("\"\\ud800\"");
    assertThat(half).isEqualTo(Json.of("\ud800"));
    assertThat(Json.parse(half.toString())).isEqualTo(half);
  }

  @Test
  void longNumbersKeepAllDigits() {
    String number =
        "-" + "9".repeat(100_000) + "." + "1".repeat(100_000) + "e-" + "8".repeat(1_000);
    assertThat(Json.parse(number).toString()).isEqualTo(number);
  }

  @Test
  void randomValuesSurvive() {
    Random random = new Random(1);
    for (int i = 0; i < 2_000; i++) {
      Json value = random(random, 0);
      assertThat(Json.parse(value.toString())).isEqualTo(value);
    }
  }

  private static Json random(Random random, int depth) {
    return switch (random.nextInt(depth > 4 ? 4 : 6)) {
      case 0 -> Json.of(random.nextLong());
      case 1 -> Json.of(random.nextBoolean());
      case 2 -> Json.Null.NULL;
      case 3 -> Json.of(text(random));
      case 4 -> {
        List<Json> elements = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
          elements.add(random(random, depth + 1));
        }
        yield Json.of(elements);
      }
      default -> {
        Json.Builder object = Json.object();
        for (int i = random.nextInt(4); i > 0; i--) {
          object.put(text(random), random(random, depth + 1));
        }
        yield object.build();
      }
    };
  }

  private static String text(Random random) {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(8); i > 0; i--) {
      text.append((char) random.nextInt(random.nextBoolean() ? 128 : 0x10000));
    }
    return text.toString();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '!',
      quoteCharacter = '`',
      value = {
        "``!0!too early",
        "`  `!2!too early",
        "{!1!too early",
        "[!1!too early",
        "[1!2!comma or ]",
        "[1,]!3!value is missing",
        "[1 2]!3!comma or ]",
        "{\"a\"}!4!colon",
        "{\"a\":1!6!comma or }",
        "{\"a\":1,}!7!string is missing",
        "{a:1}!1!string is missing",
        "{'a':1}!1!string is missing",
        "\"abc!4!too early",
        "\"\\x\"!3!escape",
        "\"\\u12g4\"!5!hexadecimal",
        "\"\\u12!5!too early",
        "`\"a\tb\"`!2!control character",
        "01!1!nothing may follow",
        "+1!0!value is missing",
        ".5!0!value is missing",
        "1.!1!nothing may follow",
        "1e!1!nothing may follow",
        "-!0!value is missing",
        "NaN!0!value is missing",
        "tru!0!no such value",
        "nul!0!no such value",
        "{} {}!3!nothing may follow",
        "1 // one!2!nothing may follow"
      })
  void refusalsNameThePlace(String text, int place, String why) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Json.parse(text))
        .withMessageContaining("at character " + place + ":")
        .withMessageContaining(why);
  }

  @Test
  void nestingHasALimit() {
    String deepest = "[".repeat(JsonReader.MAX_DEPTH) + "]".repeat(JsonReader.MAX_DEPTH);
    assertThat(Json.parse(deepest).toString()).isEqualTo(deepest);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Json.parse("[" + deepest + "]"))
        .withMessageContaining("nested more than 500 deep");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Json.parse("{\"a\":".repeat(1_000_000)))
        .withMessageContaining("nested more than 500 deep");
  }

  @Test
  void membersAreRead() {
    Json.Obj object = (Json.Obj) Json.parse("{\"a\":\"x\",\"b\":[1],\"c\":null}");
    assertThat(object.text("a")).isEqualTo("x");
    assertThat(object.text("b")).isEmpty();
    assertThat(object.list("b")).containsExactly(Json.of(1));
    assertThat(object.list("a")).isEmpty();
    assertThat(object.get("c")).isEmpty();
    assertThat(object.get("d")).isEmpty();
  }
}
