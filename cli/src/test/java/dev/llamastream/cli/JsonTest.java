package dev.llamastream.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.math.BigInteger;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class JsonTest {

  @Test
  void structuresNest() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("a", List.of(1L, "two", List.of()));
    map.put("b", Map.of());
    map.put("c", true);
    assertThat(json(map)).isEqualTo("{\"a\":[1,\"two\",[]],\"b\":{},\"c\":true}");
  }

  @Test
  void numbersAreExactOrNull() {
    assertThat(json(List.of(-1L, 0.1f, 0.1, 1e300, new BigInteger("18446744073709551615"))))
        .isEqualTo("[-1,0.1,0.1,1.0E300,18446744073709551615]");
    assertThat(json(List.of(Double.NaN, Float.NEGATIVE_INFINITY))).isEqualTo("[null,null]");
  }

  @Test
  void textsAreEscaped() {
    assertThat(json("a\"b\\c")).isEqualTo("\"a\\\"b\\\\c\"");
    assertThat(json("\n\t")).isEqualTo("\"\\n\\t\"");
    assertThat(json("\0\u001f\r")).isEqualTo("\"\\u0000\\u001f\\u000d\"");
    assertThat(json("é世👋")).isEqualTo("\"é世👋\"");
    assertThat(json("\ud83d!")).isEqualTo("\"\\ud83d!\"");
    assertThat(json("\udc4b\ud83d")).isEqualTo("\"\\udc4b\\ud83d\"");
    assertThat(json(Map.of("\n", 1))).isEqualTo("{\"\\n\":1}");
  }

  @Test
  void otherValuesAreRefused() {
    assertThatThrownBy(() -> json(new Object()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("Object");
  }

  private static String json(Object value) {
    StringWriter text = new StringWriter();
    PrintWriter out = new PrintWriter(text);
    Json.write(value, out);
    out.flush();
    return text.toString();
  }
}
