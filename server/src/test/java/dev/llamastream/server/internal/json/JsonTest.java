package dev.llamastream.server.internal.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {

  private static final String LINES = "a\u0085b\u2028c\u2029d\n\"";

  @Test
  void nothingInItEndsALine() {
    String escaped = "\"a\\u0085b\\u2028c\\u2029d\\n\\\"\"";
    assertThat(Json.quote(LINES)).isEqualTo(escaped);
    assertThat(Json.write(LINES)).isEqualTo(escaped);
    assertThat(Json.write(Map.of("a", List.of(LINES)))).isEqualTo("{\"a\":[" + escaped + "]}");
    assertThat(Json.write(ApiError.badField("a", LINES).body()))
        .contains("a\\u0085b\\u2028c\\u2029d");
  }

  @ParameterizedTest
  @ValueSource(strings = {"{", "nul", "{\"a\":1,\"a\":2}", "{} {}", "{\"a\":1e}", "DEEP", "LONG"})
  void errorsNameNoClasses(String text) {
    String json =
        text.equals("DEEP")
            ? "{\"a\":".repeat(1001)
            : text.equals("LONG") ? "{\"a\":" + "1".repeat(1001) + "}" : text;
    assertThatThrownBy(() -> RequestJson.parse(json).integer("a", 0, 0, 9))
        .isInstanceOf(ApiError.class)
        .message()
        .contains("JSON")
        .doesNotContain("java", "Source", "Stream", "was expecting", "Unrecognized");
  }

  @Test
  void textsOfAnyLength() {
    String text = "x".repeat(21_000_000);
    assertThat(RequestJson.parse("{\"a\":\"" + text + "\"}").text("a")).hasSize(21_000_000);
  }

  @Test
  void whatEndsNoLineStaysAsItIs() {
    assertThat(Json.quote("é\u2027\u00A0\uD83D\uDE00")).isEqualTo("\"é\u2027\u00A0\uD83D\uDE00\"");
  }
}
