package dev.llamastream.server.internal.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.llamastream.server.RawHttp;
import dev.llamastream.server.internal.json.ApiError;
import dev.llamastream.server.internal.json.Json;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The errors at a path have the form of its API, wherever they arise. */
@Timeout(60)
class ErrorFormTest {

  private static final String TOKEN = "Authorization: Bearer sesame";
  private static RoutedServer server;

  @BeforeAll
  static void start() {
    server = RoutedServer.start("sesame");
    server.router.errors("/a", (error, head) -> form("a", error, head));
    server.router.errors("/a/b", (error, head) -> form("b", error, head));
    for (String path : new String[] {"/a/one", "/a/b/one", "/c"}) {
      server.router.on("POST", path, Request::json);
    }
  }

  private static ObjectNode form(String name, ApiError error, RequestHead head) {
    return Json.object()
        .put(name, error.code())
        .put("path", head.path())
        .put("id", head.id())
        .put("said", head.header("X-Said"));
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static RawHttp.Response post(String path, String body, String... headers)
      throws Exception {
    try (RawHttp http = server.connect()) {
      return http.post(path, body, headers);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "/a/one, a",
    "/a, a",
    "/a/none, a",
    "/a//one/, a",
    "/a/b, b",
    "/a/b/none/at/all, b",
  })
  void followsThePath(String path, String form) throws Exception {
    RawHttp.Response response = post(path, "{}");
    assertThat(response.status()).isEqualTo(401);
    assertThat(response.body()).startsWith("{\"" + form + "\":\"invalid_api_key\"");
    assertThat(response.headers()).containsEntry("WWW-Authenticate", "Bearer");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/c", "/ab", "/", "/x/a"})
  void isOpenAisElsewhere(String path) throws Exception {
    assertThat(post(path, "{}").body()).startsWith("{\"error\":{\"message\":");
  }

  @Test
  void coversWhatComesBeforeTheHandler() throws Exception {
    assertThat(post("/a/none", "{}", TOKEN).body()).startsWith("{\"a\":\"not_found\"");
    assertThat(post("/a/one", "no", TOKEN).body()).startsWith("{\"a\":\"invalid_request\"");
    assertThat(post("/a/one", "{}", TOKEN, "Content-Encoding: br").body())
        .startsWith("{\"a\":\"unsupported_media_type\"");
    assertThat(post("/a/one", "{}", TOKEN, "Host: evil.example").body())
        .startsWith("{\"a\":\"host_not_allowed\"");
    assertThat(post("/a/one", " ".repeat(RoutedServer.BODY_LIMIT + 1), TOKEN).body())
        .startsWith("{\"a\":\"body_too_large\"");
    try (RawHttp http = server.connect()) {
      assertThat(http.get("/a/one", TOKEN).body()).startsWith("{\"a\":\"method_not_allowed\"");
      assertThat(http.get("/a/one", TOKEN, "X: " + "x".repeat(20_000)).body())
          .startsWith("{\"a\":\"headers_too_large\"");
    }
  }

  @Test
  void knowsTheHead() throws Exception {
    RawHttp.Response response = post("/a//none/", "{}", "X-Said: hi");
    assertThat(response.headers().get("request-id")).matches("req_[0-9a-f]{32}");
    assertThat(response.body())
        .contains("\"path\":\"/a/none\"")
        .contains("\"said\":\"hi\"")
        .contains("\"id\":\"" + response.headers().get("request-id") + "\"");
    assertThat(post("/a/none", "{}").headers().get("request-id"))
        .isNotEqualTo(response.headers().get("request-id"));
  }
}
