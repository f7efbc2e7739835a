package dev.llamastream.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.Charset;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a client sends is taken as it is, or refused: never changed in silence. */
@Timeout(60)
class StrictInputTest {

  private static final String REQUEST = "{\"prompt\": \"é\", \"max_tokens\": 1, \"echo\": true}";

  private static TestServer server;

  @BeforeAll
  static void start() throws IOException {
    server = TestServer.start();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @Test
  void aBodyInAnotherEncodingIsRefused() throws Exception {
    for (Charset charset : new Charset[] {ISO_8859_1, UTF_16LE}) {
      assertThat(post(REQUEST.getBytes(charset)).status()).isEqualTo(400);
    }
    assertThat(post(REQUEST.getBytes(ISO_8859_1)).body()).contains("the body: not UTF-8");
  }

  @Test
  void aByteOrderMarkIsSkipped() throws Exception {
    try (RawHttp http = server.connect()) {
      write(http, ("\uFEFF" + REQUEST).getBytes(UTF_8), "Content-Type: application/json");
      assertThat(http.head().status()).isEqualTo(200);
      assertThat(http.chunks()).contains("\"é");
    }
  }

  @Test
  void aCompressedBodyIsNotRead() throws Exception {
    ByteArrayOutputStream compressed = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(compressed)) {
      gzip.write(REQUEST.getBytes(UTF_8));
    }
    RawHttp.Response response = post(compressed.toByteArray(), "Content-Encoding: gzip");
    assertThat(response.status()).isEqualTo(415);
    assertThat(response.body()).contains("compressed bodies are not read");
    assertThat(response.headers()).containsEntry("Accept-Encoding", "identity");
  }

  @ParameterizedTest
  @CsvSource({
    "application/json; charset=iso-8859-1, 415",
    "application/json;charset=UTF-16, 415",
    "application/json; charset=utf-8, 200",
    "Application/JSON ; Charset=\"UTF-8\", 200",
    "text/plain, 415",
  })
  void theCharsetIsUtf8(String contentType, int status) throws Exception {
    try (RawHttp http = server.connect()) {
      write(http, REQUEST.getBytes(UTF_8), "Content-Type: " + contentType);
      assertThat(http.head().status()).isEqualTo(status);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"prompt\": \"a\\ud83d\"}                      | prompt: half a surrogate pair at index 1",
        "{\"prompt\": \"\\ude00\\ud83d\"}                | prompt: half a surrogate pair at index 0",
        "{\"prompt\": \"a\", \"stop\": [\"b\", \"\\uDBFF\"]} | stop[1]: half a surrogate pair",
        "{\"prompt\": \"a\", \"dry\": {\"breakers\": [\"\\udc00\"]}} | dry.breakers[0]: half a surrogate",
      })
  void halfACharacterIsRefused(String body, String message) throws Exception {
    RawHttp.Response response = post(body.getBytes(UTF_8));
    assertThat(response.status()).isEqualTo(400);
    assertThat(response.body()).contains(message);
    try (RawWebSocket socket = server.webSocket()) {
      socket.send(body);
      assertThat(socket.message().toString())
          .contains("\"type\":\"error\"")
          .contains("half a surrogate");
    }
  }

  @Test
  void wholeCharactersAreNot() throws Exception {
    try (RawHttp http = server.connect()) {
      http.sendPost(
          "/stream", "{\"prompt\": \"\\ud83d\\ude00\", \"max_tokens\": 1, \"echo\": true}");
      assertThat(http.head().status()).isEqualTo(200);
      assertThat(http.chunks()).contains("\uD83D\uDE00");
    }
  }

  @Test
  void onlyAnAmpersandSeparatesParameters() throws Exception {
    assertThat(echo("if+(a)%20b;max_tokens=2")).contains("if (a) b;max_tokens=2");
    assertThat(echo("a=b%26c%3d&&")).contains("a=b&c=");
    assertThat(echo("100%&")).contains("100%");
    assertThat(echo("%zz%4")).contains("%zz%4");
    assertThat(echo("%C3%A9")).contains("é");
    assertThat(echo("é")).contains("é");
  }

  private static String echo(String prompt) throws IOException {
    try (RawHttp http = server.connect()) {
      RawHttp.Response head =
          http.get("/stream?echo=true&max_tokens=1&prompt=" + prompt, "Connection: close");
      assertThat(head.status()).isEqualTo(200);
      return http.chunks();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"%E9", "%ff", "%ED%A0%80"})
  void aQueryThatIsNotUtf8IsRefused(String prompt) throws Exception {
    try (RawHttp http = server.connect()) {
      RawHttp.Response response = http.get("/stream?max_tokens=1&prompt=" + prompt);
      assertThat(response.status()).isEqualTo(400);
      assertThat(response.body()).contains("the query: not UTF-8");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"/health/", "//health", "/v1//models/", "//", "/v1/models//"})
  void slashesTooManyDoNotMatter(String path) throws Exception {
    try (RawHttp http = server.connect()) {
      assertThat(http.get(path).status()).isEqualTo(200);
    }
  }

  private static RawHttp.Response post(byte[] body, String... headers) throws IOException {
    try (RawHttp http = server.connect()) {
      String[] all = new String[headers.length + 1];
      System.arraycopy(headers, 0, all, 1, headers.length);
      all[0] = "Content-Type: application/json";
      write(http, body, all);
      return http.head();
    }
  }

  private static void write(RawHttp http, byte[] body, String... headers) throws IOException {
    String head =
        "POST /stream HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n%s\r\n\r\n"
            .replace("%d", Integer.toString(body.length))
            .replace("%s", String.join("\r\n", headers));
    http.write(head);
    http.write(body);
  }
}
