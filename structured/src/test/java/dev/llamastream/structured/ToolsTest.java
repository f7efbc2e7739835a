package dev.llamastream.structured;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.llamastream.InvalidValueException;
import java.io.IOException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ToolsTest {

  record Place(String city, Optional<String> country) {}

  static class Base {
    final List<String> calls = new ArrayList<>();

    @ToolMethod(description = "Overridden")
    String inherited() {
      return "base";
    }

    @ToolMethod(description = "Counts")
    int count() {
      return 42;
    }
  }

  static final class Weather extends Base {
    @ToolMethod(name = "get_weather", description = "Weather of a place")
    String weather(
        @ToolParam(description = "Where") Place place,
        Optional<LocalDate> day,
        @ToolParam(name = "scale") List<String> units) {
      return place.city() + " " + day.map(LocalDate::toString).orElse("today") + " " + units;
    }

    @Override
    @ToolMethod(description = "Overrides")
    String inherited() {
      return "derived";
    }

    @ToolMethod(description = "Says something")
    @SuppressWarnings("UnusedMethod") // by code
    private void say(String text) {
      calls.add(text);
    }

    @ToolMethod(description = "Fails")
    String fail() throws IOException {
      throw new IOException("no network");
    }

    @ToolMethod(description = "Has a result of several parts")
    Map<String, Place> places() {
      return Map.of("home", new Place("Rome", Optional.empty()));
    }

    String notATool() {
      return "";
    }
  }

  private final Weather weather = new Weather();
  private Map<String, AnnotatedTool> tools;

  @BeforeEach
  void tools() {
    tools =
        Tools.of(weather).stream()
            .collect(Collectors.toMap(tool -> tool.tool().name(), tool -> tool));
  }

  private AnnotatedTool tool(String name) {
    return tools.get(name);
  }

  @Test
  void eachAnnotatedMethodIsATool() {
    assertThat(Tools.of(weather))
        .extracting(tool -> tool.tool().name())
        .containsExactly("count", "fail", "get_weather", "inherited", "places", "say");
    assertThat(tool("inherited").tool().description()).isEqualTo("Overrides");
  }

  @Test
  void theParametersAreASchema() throws Exception {
    ObjectMapper json = new ObjectMapper();
    var schema = json.readTree(tool("get_weather").tool().parameters());

    assertThat(schema.path("properties").fieldNames())
        .toIterable()
        .containsExactly("place", "day", "scale");
    assertThat(schema.path("required")).isEqualTo(json.readTree("[\"place\",\"scale\"]"));
    assertThat(schema.path("additionalProperties").asBoolean(true)).isFalse();
    assertThat(schema.at("/properties/place/description").asText()).isEqualTo("Where");
    assertThat(json.readTree(tool("count").tool().parameters()))
        .isEqualTo(
            json.readTree(
                "{\"type\":\"object\",\"properties\":{},\"required\":[],"
                    + "\"additionalProperties\":false}"));
  }

  @Test
  void argumentsAreBoundByName() throws Exception {
    assertThat(tool("get_weather").apply("{\"scale\":[\"C\"],\"place\":{\"city\":\"Rome\"}}"))
        .isEqualTo("Rome today [C]");
    assertThat(
            tool("get_weather")
                .apply("{\"place\":{\"city\":\"Rome\"},\"scale\":[],\"day\":\"2024-02-29\"}"))
        .isEqualTo("Rome 2024-02-29 []");
  }

  @Test
  void resultsAreText() throws Exception {
    assertThat(tool("inherited").apply("{}")).isEqualTo("derived");
    assertThat(tool("count").apply("")).isEqualTo("42");
    assertThat(tool("places").apply("{}"))
        .isEqualTo("{\"home\":{\"city\":\"Rome\",\"country\":null}}");
    assertThat(tool("say").apply("{\"text\":\"hello\"}")).isEqualTo("done");
    assertThat(weather.calls).containsExactly("hello");
  }

  @Test
  void whatAMethodThrowsComesOut() {
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> tool("fail").apply("{}"))
        .withMessage("no network");
  }

  @Test
  void badArgumentsAreRefused() {
    for (String arguments :
        List.of("{", "[]", "{}", "{\"text\":null}", "{\"text\":{}}", "{\"text\":\"a\"} b")) {
      assertThatExceptionOfType(InvalidValueException.class)
          .as(arguments)
          .isThrownBy(() -> tool("say").apply(arguments))
          .withMessageStartingWith("arguments: ");
    }
    assertThat(weather.calls).isEmpty();
  }

  static final class Twice {
    @ToolMethod(name = "same", description = "")
    void a() {}

    @ToolMethod(name = "same", description = "")
    void b() {}
  }

  @Test
  void badObjectsAreRefused() {
    assertThatExceptionOfType(InvalidValueException.class)
        .isThrownBy(() -> Tools.of("a text"))
        .withMessageContaining("no method with @ToolMethod");
    assertThatExceptionOfType(InvalidValueException.class)
        .isThrownBy(() -> Tools.of(new Twice()))
        .withMessageContaining("two tools are named \"same\"");
  }
}
