package dev.llamastream.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

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

  @Test
  void whatEndsNoLineStaysAsItIs() {
    assertThat(Json.quote("é\u2027\u00A0\uD83D\uDE00")).isEqualTo("\"é\u2027\u00A0\uD83D\uDE00\"");
  }
}
