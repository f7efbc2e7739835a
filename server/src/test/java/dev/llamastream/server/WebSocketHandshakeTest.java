package dev.llamastream.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Base64;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** RFC 6455, section 4. */
@Timeout(60)
class WebSocketHandshakeTest {

  private static final String VERSION = "Sec-WebSocket-Version: 13";
  private static final String KEY = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==";
  private static TestServer server;

  @BeforeAll
  static void start() throws IOException {
    server = TestServer.start();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static RawHttp.Response ask(String... headers) throws IOException {
    try (RawHttp http = server.connect()) {
      return http.get("/ws", headers);
    }
  }

  @Test
  void acceptsWithWhatTheRfcComputes() throws Exception {
    RawHttp.Response response = ask("Upgrade: websocket", "Connection: Upgrade", VERSION, KEY);
    assertThat(response.status()).isEqualTo(101);
    assertThat(response.headers())
        .containsEntry("Upgrade", "websocket")
        .containsEntry("Sec-WebSocket-Accept", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
        .doesNotContainKey("Sec-WebSocket-Protocol");
    assertThat(response.headers().get("Connection")).isEqualToIgnoringCase("upgrade");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "WebSocket|UPGRADE",
        "websocket|keep-alive, Upgrade",
        "h2c, websocket|Upgrade",
        "h2c,WebSocket|keep-alive,upgrade , x",
      })
  void findsItsTokensInLists(String upgrade, String connection) throws Exception {
    assertThat(ask("Upgrade: " + upgrade, "Connection: " + connection, VERSION, KEY).status())
        .isEqualTo(101);
  }

  @Test
  void findsItsTokensInHeadersThatOccurTwice() throws Exception {
    RawHttp.Response response =
        ask(
            "Upgrade: h2c",
            "Upgrade: websocket",
            "Connection: keep-alive",
            "Connection: Upgrade",
            "Sec-WebSocket-Protocol: chat",
            "Sec-WebSocket-Protocol: llamastream",
            VERSION,
            KEY);
    assertThat(response.status()).isEqualTo(101);
    assertThat(response.headers()).containsEntry("Sec-WebSocket-Protocol", "llamastream");
  }

  @Test
  void findsTheTokenInTheSecondListOfSubprotocols() throws Exception {
    String token = Base64.getUrlEncoder().withoutPadding().encodeToString("secret".getBytes(UTF_8));
    try (TestServer closed = TestServer.start(params -> params.apiToken("secret"))) {
      RawWebSocket.connect(
              closed.port(),
              "/ws",
              "Sec-WebSocket-Protocol: llamastream",
              "Sec-WebSocket-Protocol: bearer." + token)
          .close();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "7", "8", "12", "14", "013", "13, 8", "x"})
  void namesTheVersionThatItSpeaks(String version) throws Exception {
    RawHttp.Response response =
        ask("Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: " + version, KEY);
    assertThat(response.status()).isEqualTo(426);
    assertThat(response.headers())
        .containsEntry("Sec-WebSocket-Version", "13")
        .containsEntry("Upgrade", "websocket")
        .containsEntry("Connection", "Upgrade");
    assertThat(response.body()).contains("Sec-WebSocket-Version: " + version + ", must be 13");
  }

  @Test
  void asksForTheVersion() throws Exception {
    RawHttp.Response response = ask("Upgrade: websocket", "Connection: Upgrade", KEY);
    assertThat(response.status()).isEqualTo(400);
    assertThat(response.body()).contains("there must be one Sec-WebSocket-Version header");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "x",
        "dGhlIHNhbXBsZSBub25jZQ",
        "dGhlIHNhbXBsZSBub25jZSE=",
        "dGhlIHNhbXBsZSBub24=",
        "dGhlIHNhbXBsZSBub25jZSEh",
        "dGhlIHNhbXBsZSBub25j*Q==",
        "dGhlIHNhbXBsZSBub25jZSBvZiBtb3Jl",
      })
  void refusesAKeyThatIsNot16Bytes(String key) throws Exception {
    RawHttp.Response response =
        ask("Upgrade: websocket", "Connection: Upgrade", VERSION, "Sec-WebSocket-Key: " + key);
    assertThat(response.status()).isEqualTo(400);
    assertThat(response.body()).contains("Sec-WebSocket-Key: must be 16 bytes in base64");
  }

  @Test
  void refusesNoKeyAndTwo() throws Exception {
    for (String[] headers :
        new String[][] {
          {"Upgrade: websocket", "Connection: Upgrade", VERSION},
          {"Upgrade: websocket", "Connection: Upgrade", VERSION, KEY, KEY}
        }) {
      RawHttp.Response response = ask(headers);
      assertThat(response.status()).isEqualTo(400);
      assertThat(response.body()).contains("there must be one Sec-WebSocket-Key header");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"X: y", "Connection: keep-alive", "Connection: not-an-upgrade"})
  void refusesAConnectionThatIsNotToBeUpgraded(String connection) throws Exception {
    RawHttp.Response response = ask("Upgrade: websocket", connection, VERSION, KEY);
    assertThat(response.status()).isEqualTo(400);
    assertThat(response.body()).contains("Connection: must be Upgrade");
  }

  @ParameterizedTest
  @ValueSource(strings = {"X: y", "Upgrade: h2c", "Upgrade: websocket2"})
  void isNoWebSocketWithoutTheRightUpgrade(String upgrade) throws Exception {
    RawHttp.Response response = ask(upgrade, "Connection: Upgrade", VERSION, KEY);
    assertThat(response.status()).isEqualTo(426);
    assertThat(response.headers())
        .containsEntry("Upgrade", "websocket")
        .containsEntry("Connection", "Upgrade");
  }

  @Test
  void upgradesNeitherHttp10NorAPost() throws Exception {
    String headers =
        "Host: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            + VERSION
            + "\r\n"
            + KEY
            + "\r\n\r\n";
    try (RawHttp http = server.connect()) {
      http.write("GET /ws HTTP/1.0\r\n" + headers);
      assertThat(http.head().status()).isEqualTo(426);
    }
    try (RawHttp http = server.connect()) {
      http.write("POST /ws HTTP/1.1\r\n" + headers);
      assertThat(http.head().status()).isEqualTo(405);
    }
  }

  /** The connection is as good as before. */
  @Test
  void letsTheClientTryAgain() throws Exception {
    try (RawHttp http = server.connect()) {
      assertThat(RawWebSocket.handshake(http, "/ws", "Sec-WebSocket-Version: 8").status())
          .isEqualTo(400);
      try (RawWebSocket socket = RawWebSocket.over(http, "/ws")) {
        socket.send("{\"type\":\"ping\"}");
        assertThat(socket.receive().text()).isEqualTo("{\"type\":\"pong\"}");
      }
    }
  }
}
