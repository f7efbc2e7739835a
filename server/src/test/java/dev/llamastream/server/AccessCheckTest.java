package dev.llamastream.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class AccessCheckTest {

  private static final String TOKEN = "secret-Token/1";
  private static final String ORIGIN = "https://app.example.com";
  private static TestServer open;
  private static TestServer closed;

  @BeforeAll
  static void start() throws IOException {
    open =
        TestServer.start(
            params -> params.allowedHosts(List.of("Llama.Example")).corsOrigins(List.of(ORIGIN)));
    closed = TestServer.start(params -> params.apiToken(TOKEN));
  }

  @AfterAll
  static void stop() {
    open.close();
    closed.close();
  }

  @ParameterizedTest
  @CsvSource({
    "localhost, 200",
    "localhost:3000, 200",
    "LOCALHOST, 200",
    "127.0.0.1:1, 200",
    "[::1], 200",
    "[::1]:80, 200",
    "llama.example:80, 200",
    "evil.example, 403",
    "localhost.evil.example, 403",
    "127.0.0.1.evil.example:80, 403",
    "evil.example:localhost, 403",
    "::1, 403",
    "'', 403"
  })
  void answersOnlyToItsNames(String host, int status) throws Exception {
    try (RawHttp http = open.connect()) {
      assertThat(http.get("/v1/models", "Host: " + host).status()).isEqualTo(status);
      // a probe may call it what it wants
      assertThat(http.get("/health", "Host: " + host).status()).isEqualTo(200);
    }
  }

  @Test
  void answersToAddressesWhereOthersReachIt() throws Exception {
    String name = InetAddress.getLocalHost().getHostName();
    try (TestServer everywhere = TestServer.start(params -> params.host("0.0.0.0"))) {
      for (String host :
          List.of("10.1.2.3", "192.168.0.7:3000", "[2001:db8::1]:80", "localhost", name)) {
        assertThat(modelsOf(everywhere, host)).as(host).isEqualTo(200);
      }
      for (String host :
          List.of("evil.example", "10.1.2.3.evil.example", "2001:db8::1", "[evil]", "1.2.3.4.")) {
        assertThat(modelsOf(everywhere, host)).as(host).isEqualTo(403);
      }
    }
    for (String host : List.of("10.1.2.3", "[2001:db8::1]:80")) {
      assertThat(modelsOf(open, host)).as(host).isEqualTo(403);
    }
    assertThat(modelsOf(open, "127.0.0.2")).isEqualTo(200);
  }

  private static int modelsOf(TestServer server, String host) throws IOException {
    try (RawHttp http = server.connect()) {
      return http.get("/v1/models", "Host: " + host).status();
    }
  }

  @Test
  void anOlderHttpNeedsNoHost() throws Exception {
    for (String path : List.of("/health", "/v1/models")) {
      try (RawHttp http = open.connect()) {
        http.write("GET " + path + " HTTP/1.0\r\n\r\n");
        assertThat(http.head().status()).isEqualTo(200);
      }
    }
    try (RawHttp http = open.connect()) {
      http.write("GET /v1/models HTTP/1.0\r\nOrigin: https://evil.example\r\n\r\n");
      assertThat(http.head().status()).isEqualTo(403);
    }
  }

  @Test
  void wantsOneHost() throws Exception {
    try (RawHttp http = open.connect()) {
      http.write("GET /health HTTP/1.1\r\n\r\n");
      assertThat(http.head().status()).isEqualTo(400);
    }
    try (RawHttp http = open.connect()) {
      assertThat(http.get("/health", "Host: localhost", "Host: localhost").status()).isEqualTo(400);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "http://localhost, 200", "https://localhost, 200", "https://app.example.com, 200",
    "http://localhost:1, 403", "http://app.example.com, 403", "https://evil.example, 403",
    "null, 403", "localhost, 403", "https://app.example.com.evil.example, 403"
  })
  void answersOnlyToItsPagesAndThoseListed(String origin, int status) throws Exception {
    try (RawHttp http = open.connect()) {
      assertThat(http.get("/health", "Origin: " + origin).status()).isEqualTo(status);
    }
    try (RawHttp http = open.connect()) {
      assertThat(RawWebSocket.handshake(http, "/ws", "Origin: " + origin).status())
          .isEqualTo(status == 200 ? 101 : status);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"cross-site", "same-site"})
  void doesNotWorkForAnImageOnAnotherSite(String site) throws Exception {
    try (RawHttp http = open.connect()) {
      assertThat(http.get("/stream?prompt=a", "Sec-Fetch-Site: " + site).status()).isEqualTo(403);
    }
    try (RawHttp http = open.connect()) {
      assertThat(
              http.get(
                      "/",
                      "Sec-Fetch-Site: " + site,
                      "Sec-Fetch-Mode: navigate",
                      "Sec-Fetch-Dest: document")
                  .status())
          .isEqualTo(200);
      // but not to work
      assertThat(
              http.get(
                      "/stream?prompt=a",
                      "Sec-Fetch-Site: " + site,
                      "Sec-Fetch-Mode: navigate",
                      "Sec-Fetch-Dest: document")
                  .status())
          .isEqualTo(403);
    }
  }

  @Test
  void letsListedOriginsReadTheAnswers() throws Exception {
    try (RawHttp http = open.connect()) {
      RawHttp.Response preflight =
          http.request(
              "OPTIONS",
              "/stream",
              "",
              "Origin: " + ORIGIN,
              "Access-Control-Request-Method: POST",
              "Access-Control-Request-Headers: content-type, authorization");
      assertThat(preflight.status()).isEqualTo(204);
      assertThat(preflight.headers())
          .containsEntry("Access-Control-Allow-Origin", ORIGIN)
          .containsEntry("Access-Control-Allow-Methods", "GET, POST, DELETE")
          .containsEntry("Access-Control-Allow-Headers", "content-type, authorization");

      RawHttp.Response refused = http.post("/stream", "{}", "Origin: " + ORIGIN);
      assertThat(refused.status()).isEqualTo(400);
      assertThat(refused.headers())
          .containsEntry("Access-Control-Allow-Origin", ORIGIN)
          .containsEntry("Vary", "Origin");
      assertThat(http.get("/health", "Origin: http://localhost").headers())
          .doesNotContainKey("Access-Control-Allow-Origin");
      assertThat(http.request("OPTIONS", "/stream", "").status()).isEqualTo(405);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "X: y",
        "Authorization: Bearer secret-Token/2",
        "Authorization: Bearer secret-Token/",
        "Authorization: Bearer secret-Token/12",
        "Authorization: Bearer",
        "Authorization: Basic secret-Token/1",
        "Authorization: secret-Token/1",
        "Sec-WebSocket-Protocol: bearer.%%%"
      })
  void wantsTheToken(String header) throws Exception {
    for (String path : List.of("/stream?prompt=a", "/metrics", "/nothing", "/ws", "/v1/models")) {
      try (RawHttp http = closed.connect()) {
        RawHttp.Response refused = http.get(path, header);
        assertThat(refused.status()).isEqualTo(401);
        assertThat(refused.headers()).containsEntry("WWW-Authenticate", "Bearer");
        assertThat(refused.body()).contains("invalid_api_key").doesNotContain(TOKEN);
      }
    }
    try (RawHttp http = closed.connect()) {
      assertThat(RawWebSocket.handshake(http, "/", header).status()).isEqualTo(401);
    }
  }

  @Test
  void takesTheToken() throws Exception {
    try (RawHttp http = closed.connect()) {
      assertThat(http.get("/metrics", "Authorization: Bearer " + TOKEN).status()).isEqualTo(200);
      assertThat(http.get("/metrics", "authorization: bearer  " + TOKEN).status()).isEqualTo(200);
      assertThat(http.get("/health").status()).isEqualTo(200);
      assertThat(http.get("/").status()).isEqualTo(200);
    }
    String encoded = Base64.getUrlEncoder().withoutPadding().encodeToString(TOKEN.getBytes(UTF_8));
    try (RawHttp http = closed.connect()) {
      RawHttp.Response upgraded =
          RawWebSocket.handshake(
              http, "/ws", "Sec-WebSocket-Protocol: llamastream, bearer." + encoded);
      assertThat(upgraded.status()).isEqualTo(101);
      assertThat(upgraded.headers()).containsEntry("Sec-WebSocket-Protocol", "llamastream");
    }
  }

  @Test
  void neverShowsTheToken() {
    assertThat(ServerParams.builder().apiToken(TOKEN).build().toString()).doesNotContain(TOKEN);
    assertThatThrownBy(() -> ServerParams.builder().apiToken(TOKEN + "\n").build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("apiToken: ")
        .hasMessageNotContaining(TOKEN);
  }
}
