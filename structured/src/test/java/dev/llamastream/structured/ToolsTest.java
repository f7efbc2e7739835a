package dev.llamastream.structured;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import dev.llamastream.InvalidValueException;
import dev.llamastream.chat.Tool;
import dev.llamastream.chat.ToolBox;
import dev.llamastream.chat.ToolCall;
import java.io.IOException;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
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
  private final ToolBox box = Tools.of(weather);

  private Tool tool(String name) {
    return box.tools().stream().filter(tool -> tool.name().equals(name)).findFirst().orElseThrow();
  }

  private String call(String name, String arguments) {
    return box.call(List.of(ToolCall.of("1", name, arguments))).getFirst().text();
  }

  private String error(String name, String arguments) throws IOException {
    JsonNode result = new ObjectMapper().readTree(call(name, arguments));
    assertThat(result.fieldNames()).toIterable().containsExactly("error");
    return result.path("error").asText();
  }

  @Test
  void eachAnnotatedMethodIsATool() {
    assertThat(box.tools())
        .extracting(Tool::name)
        .containsExactly("count", "fail", "get_weather", "inherited", "places", "say");
    assertThat(tool("inherited").description()).isEqualTo("Overrides");
  }

  @Test
  void theParametersAreASchema() throws Exception {
    ObjectMapper json = new ObjectMapper();
    var schema = json.readTree(tool("get_weather").parameters());

    assertThat(schema.path("properties").fieldNames())
        .toIterable()
        .containsExactly("place", "day", "scale");
    assertThat(schema.path("required")).isEqualTo(json.readTree("[\"place\",\"scale\"]"));
    assertThat(schema.path("additionalProperties").asBoolean(true)).isFalse();
    assertThat(schema.at("/properties/place/description").asText()).isEqualTo("Where");
    assertThat(json.readTree(tool("count").parameters()))
        .isEqualTo(
            json.readTree(
                "{\"type\":\"object\",\"properties\":{},\"required\":[],"
                    + "\"additionalProperties\":false}"));
  }

  @Test
  void argumentsAreBoundByName() {
    assertThat(call("get_weather", "{\"scale\":[\"C\"],\"place\":{\"city\":\"Rome\"}}"))
        .isEqualTo("Rome today [C]");
    assertThat(
            call(
                "get_weather",
                "{\"place\":{\"city\":\"Rome\"},\"scale\":[],\"day\":\"2024-02-29\"}"))
        .isEqualTo("Rome 2024-02-29 []");
  }

  @Test
  void resultsAreText() {
    assertThat(call("inherited", "{}")).isEqualTo("derived");
    assertThat(call("count", "{}")).isEqualTo("42");
    assertThat(call("places", "{}")).isEqualTo("{\"home\":{\"city\":\"Rome\",\"country\":null}}");
    assertThat(call("say", "{\"text\":\"hello\"}")).isEqualTo("done");
    assertThat(weather.calls).containsExactly("hello");
  }

  @Test
  void theModelIsToldWhatAMethodThrows() throws Exception {
    assertThat(error("fail", "{}")).isEqualTo("no network");
  }

  @Test
  void theModelIsToldWhatIsWrongWithArguments() throws Exception {
    for (String arguments : List.of("{}", "{\"text\":null}", "{\"text\":{}}")) {
      assertThat(error("say", arguments)).as(arguments).startsWith("arguments: ");
    }
    assertThat(error("say", "{}")).contains("\"text\" is missing");
    assertThat(weather.calls).isEmpty();
  }

  static final class Clock {
    @ToolMethod(description = "The day")
    LocalDate today() {
      return LocalDate.of(2024, 2, 29);
    }

    @ToolMethod(description = "Sleeps")
    void sleep() throws InterruptedException {
      new CountDownLatch(1).await();
    }
  }

  @Test
  void severalObjectsAreOneToolBox() {
    assertThat(Tools.of(new Clock(), weather).tools())
        .extracting(Tool::name)
        .containsExactly(
            "sleep", "today", "count", "fail", "get_weather", "inherited", "places", "say");
  }

  @Test
  void aMapperWritesAndReads() {
    ObjectMapper mapper =
        new ObjectMapper()
            .registerModule(new JavaTimeModule())
            .setPropertyNamingStrategy(PropertyNamingStrategies.UPPER_CAMEL_CASE);
    ToolBox own = Tools.with(mapper, new Clock(), new Nested());

    assertThat(own.call(List.of(ToolCall.of("1", "today", "{}"))).getFirst().text())
        .isEqualTo("[2024,2,29]");
    assertThat(own.tools().getLast().parameters()).contains("\"CityName\"");
    assertThat(
            own.call(List.of(ToolCall.of("1", "city", "{\"place\":{\"CityName\":\"Rome\"}}")))
                .getFirst()
                .text())
        .isEqualTo("Rome");
  }

  record City(String cityName) {}

  static final class Nested {
    @ToolMethod(description = "")
    String city(City place) {
      return place.cityName();
    }
  }

  @Test
  void limitsAreTheToolBoxes() {
    ToolBox hasty = Tools.of(new Clock()).toBuilder().timeout(Duration.ofMillis(1)).build();

    assertThat(hasty.call(List.of(ToolCall.of("1", "sleep", "{}"))).getFirst().text())
        .isEqualTo("{\"error\":\"the tool took more than 0.001 seconds\"}");
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
        .isThrownBy(() -> Tools.of(weather, "a text"))
        .withMessageContaining("no method with @ToolMethod");
    assertThatExceptionOfType(InvalidValueException.class)
        .isThrownBy(() -> Tools.of(new Twice()))
        .withMessage("tools: two are named \"same\"");
    assertThatExceptionOfType(InvalidValueException.class)
        .isThrownBy(() -> Tools.of(weather, new Weather()))
        .withMessage("tools: two are named \"count\"");
    assertThatExceptionOfType(InvalidValueException.class)
        .isThrownBy(Tools::of)
        .withMessage("objects: there are none");
    assertThatNullPointerException()
        .isThrownBy(() -> Tools.of(weather, null))
        .withMessage("objects");
    assertThatNullPointerException()
        .isThrownBy(() -> Tools.with(null, weather))
        .withMessage("mapper");
  }
}
