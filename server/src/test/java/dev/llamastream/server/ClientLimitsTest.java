package dev.llamastream.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Several keys, and limits by client. */
@Timeout(120)
class ClientLimitsTest {

  private static final String REQUEST = "{\"prompt\":\"a\",\"max_tokens\":1}";

  private static int post(TestServer server, String... headers) throws IOException {
    try (RawHttp http = server.connect()) {
      return http.post("/v1/completions", REQUEST, headers).status();
    }
  }

  @Test
  void eachKeyIsValidInBothHeaders() throws IOException {
    try (TestServer server =
        TestServer.start(params -> params.apiToken("old").apiKeys(List.of("one", "two")))) {
      assertThat(post(server, "Authorization: Bearer old")).isEqualTo(200);
      assertThat(post(server, "Authorization: Bearer two")).isEqualTo(200);
      assertThat(post(server, "X-Api-Key: one")).isEqualTo(200);
      assertThat(post(server, "x-api-key:  two ")).isEqualTo(200);
      assertThat(post(server, "X-Api-Key: on")).isEqualTo(401);
      assertThat(post(server, "X-Api-Key: ")).isEqualTo(401);
      assertThat(post(server)).isEqualTo(401);
    }
  }

  @Test
  void aClientIsItsKey() throws IOException {
    try (TestServer server =
        TestServer.start(params -> params.apiKeys(List.of("one", "two")).requestsPerMinute(1))) {
      assertThat(post(server, "X-Api-Key: one")).isEqualTo(200);
      try (RawHttp http = server.connect()) {
        RawHttp.Response refused = http.post("/v1/completions", REQUEST, "X-Api-Key: one");
        assertThat(refused.status()).isEqualTo(429);
        assertThat(refused.body()).contains("rate_limit_exceeded", "1 requests per minute");
        assertThat(Integer.parseInt(refused.headers().get("retry-after"))).isBetween(1, 60);
      }
      try (RawHttp http = server.connect()) {
        // what the server knows anyway is not limited
        assertThat(http.request("GET", "/v1/models", "", "X-Api-Key: one").status()).isEqualTo(200);
        assertThat(http.request("GET", "/health", "").status()).isEqualTo(200);
      }
      assertThat(post(server, "Authorization: Bearer two")).isEqualTo(200);
    }
  }

  @Test
  void anAddressIsAClientOnAllItsConnections() throws IOException {
    try (TestServer server = TestServer.start(params -> params.requestsPerMinute(2));
        RawWebSocket socket = server.webSocket();
        RawHttp http = server.connect()) {
      assertThat(post(server)).isEqualTo(200);
      socket.send("{\"id\":1,\"prompt\":\"a\",\"max_tokens\":1}");
      while (!socket.message().at("/type").asText().equals("done")) {
        // its tokens
      }
      socket.send("{\"id\":2,\"prompt\":\"a\"}");
      assertThat(socket.message().at("/code").asText()).isEqualTo("rate_limit_exceeded");
      assertThat(post(server)).isEqualTo(429);
      assertThat(http.request("GET", "/stream?prompt=a", "").status()).isEqualTo(429);
    }
  }

  @Test
  void refusesKeysThatAreNone() {
    for (String key : List.of("", "a b", "ä", "x".repeat(1001))) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> ServerParams.builder().apiKeys(List.of(key)).build())
          .withMessage("apiKeys: each must be 1 to 1000 printable ASCII characters without spaces");
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ServerParams.builder().requestsPerMinute(-1).build())
        .withMessage("requestsPerMinute: -1, must be in [0, 1000000]");
  }
}
