package dev.llamastream.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.Locale;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Where requests begin and end, as RFC 9110, 9112 and 9113 have it. */
@Timeout(60)
class FramingTest {

  private static final String JSON = "{\"prompt\": \"a\", \"max_tokens\": 1}";

  private static TestServer server;

  @BeforeAll
  static void start() throws IOException {
    server =
        TestServer.start(params -> params.bodyLimit(10_000).headerTimeout(Duration.ofMillis(300)));
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static String post(String target, String... headers) {
    return String.join(
        "\r\n",
        "POST " + target + " HTTP/1.1",
        "Host: localhost",
        "Content-Type: application/json",
        String.join("\r\n", headers),
        "\r\n");
  }

  @ParameterizedTest
  @CsvSource({
    "'gzip, chunked', 501",
    "'chunked, chunked', 400",
    "'chunked, gzip', 400",
    "gzip, 400",
    "identity, 400",
  })
  void takesNoTransferCodingButChunked(String coding, int status) throws Exception {
    try (RawHttp http = server.connect()) {
      http.write(post("/stream", "Transfer-Encoding: " + coding));
      http.write(String.format(Locale.ROOT, "%x\r\n%s\r\n0\r\n\r\n", JSON.length(), JSON));
      assertThat(http.head().status()).isEqualTo(status);
      assertThat(http.readAll()).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"x\r\n", "-1\r\n", "fffffffffffffffff\r\n", "1\r\nabc\r\n"})
  void saysThatChunksMakeNoSense(String chunk) throws Exception {
    try (RawHttp http = server.connect()) {
      http.write(post("/stream", "Transfer-Encoding: chunked") + chunk);
      RawHttp.Response response = http.head();
      assertThat(response.status()).isEqualTo(400);
      assertThat(response.body()).contains("chunks");
      assertThat(http.readAll()).isEmpty();
    }
  }

  @Test
  void saysThatTheNextHeadTookTooLong() throws Exception {
    try (RawHttp http = server.connect()) {
      assertThat(http.get("/health").status()).isEqualTo(200);
      http.write("GET /hea");
      RawHttp.Response response = http.head();
      assertThat(response.status()).isEqualTo(408);
      assertThat(response.body()).contains("\"timeout\"");
      assertThat(http.readAll()).isEmpty();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "http://localhost/v1/models, localhost, 200",
    "HTTP://LOCALHOST:3000/v1/models, other, 200",
    "http://other/v1/models, localhost, 403",
    "http://localhost@other/v1/models, localhost, 403",
    "http://other, localhost, 403",
    "http:///v1/models, localhost, 400",
    "ftp://localhost/v1/models, localhost, 400",
    "v1/models, localhost, 400",
  })
  void isAskedForTheHostOfAWholeUrl(String target, String host, int status) throws Exception {
    try (RawHttp http = server.connect()) {
      assertThat(http.get(target, "Host: " + host).status()).isEqualTo(status);
    }
  }

  @Test
  void hasABodySentThatItWillTake() throws Exception {
    try (RawHttp http = server.connect()) {
      http.write(post("/stream", "Expect: 100-continue", "Content-Length: " + JSON.length()));
      assertThat(http.head().status()).isEqualTo(100);
      http.write(JSON);
      assertThat(http.head().status()).isEqualTo(200);
    }
  }

  @ParameterizedTest
  @CsvSource({"/stream, 5000000, 413", "/nothing, 10, 404"})
  void hasNoBodySentThatItWillNotTake(String path, int length, int status) throws Exception {
    try (RawHttp http = server.connect()) {
      http.write(post(path, "Expect: 100-continue", "Content-Length: " + length));
      assertThat(http.head().status()).isEqualTo(status);
      assertThat(http.readAll()).isEmpty();
    }
  }

  @Test
  void knowsNoOtherExpectation() throws Exception {
    try (RawHttp http = server.connect()) {
      assertThat(http.get("/health", "Expect: wonders").status()).isEqualTo(417);
    }
  }

  @Test
  void tellsWhoSpeaksHttp2ToSpeakHttp1() throws Exception {
    try (RawHttp http = server.connect()) {
      http.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
      http.write(new byte[] {0, 0, 0, 4, 0, 0, 0, 0, 0});
      byte[] answer = http.in().readAllBytes();
      assertThat(answer).startsWith(0, 0, 0, 4, 0, 0, 0, 0, 0).hasSize(9 + 9 + 8 + 13);
      assertThat(answer[9 + 3]).as("GOAWAY").isEqualTo((byte) 7);
      assertThat(answer[9 + 9 + 7]).as("HTTP_1_1_REQUIRED").isEqualTo((byte) 13);
      assertThat(new String(answer, UTF_8)).endsWith("HTTP/1.1 only");
    }
  }

  @Test
  void ignoresAnUpgradeToHttp2() throws Exception {
    try (RawHttp http = server.connect()) {
      assertThat(
              http.get(
                      "/health",
                      "Connection: Upgrade, HTTP2-Settings",
                      "Upgrade: h2c",
                      "HTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA")
                  .status())
          .isEqualTo(200);
    }
  }
}
