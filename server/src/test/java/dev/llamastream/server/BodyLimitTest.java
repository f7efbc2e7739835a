package dev.llamastream.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llamastream.ContextParams;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How large a request may be. */
@Timeout(60)
class BodyLimitTest {

  @ParameterizedTest
  @CsvSource({"256, 1048576", "131072, 8388608", "33554432, 1073741824"})
  void followsTheContext(int contextSize, int limit) {
    assertThat(ServerParams.defaults().values().bodyLimit(contextSize)).isEqualTo(limit);
  }

  @Test
  void isWhatWasAskedFor() {
    ServerParams params = ServerParams.builder().bodyLimit(5_000).build();
    assertThat(params.values().bodyLimit(131_072)).isEqualTo(5_000);
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 1023, (1 << 30) + 1})
  void hasARange(int limit) {
    ServerParams.Builder params = ServerParams.builder().bodyLimit(limit);
    assertThatThrownBy(params::build)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("bodyLimit: " + limit);
  }

  @Test
  void bodiesOverAMebibyteWhereTheContextIsLarge() throws Exception {
    String body = "{\"prompt\": \"x\", \"max_tokens\": 1}" + " ".repeat(1 << 20);
    try (TestServer server =
            TestServer.start(
                params ->
                    params.context(ContextParams.builder().contextSize(32_768).threads(1).build()),
                p -> p);
        RawHttp http = server.connect();
        RawWebSocket socket = server.webSocket()) {
      assertThat(http.post("/stream", body).status()).isEqualTo(200);
      assertThat(http.chunks()).contains("\"done\":true");
      socket.send(body);
      assertThat(socket.message().path("type").asText()).isEqualTo("token");
    }
  }
}
