package dev.llamastream.server.internal.anthropic;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.llamastream.server.RawHttp;
import dev.llamastream.server.TestServer;
import dev.llamastream.server.internal.http.RequestHead;
import dev.llamastream.server.internal.json.ApiError;
import dev.llamastream.server.internal.json.Json;
import java.io.IOException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Errors as Anthropic's clients read them, wherever they arise. */
@Timeout(120)
class AnthropicErrorsTest {

  private static final String PATH = "/v1/messages";
  private static final String KEY = "X-Api-Key: sesame";
  private static final String VERSION = "anthropic-version: 2023-06-01";
  private static final String ASK =
      "{\"max_tokens\":2000000,\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}";

  private static TestServer server;

  @BeforeAll
  static void start() throws IOException {
    server =
        TestServer.start(
            TestServer.ENDLESS,
            params -> params.apiToken("sesame").maxStreams(1).bodyLimit(1 << 20).modelName("tiny"));
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @ParameterizedTest
  @CsvSource({
    "400, invalid_request_error",
    "401, authentication_error",
    "403, permission_error",
    "404, not_found_error",
    "405, invalid_request_error",
    "408, timeout_error",
    "413, request_too_large",
    "415, invalid_request_error",
    "429, rate_limit_error",
    "500, api_error",
    "501, api_error",
    "503, overloaded_error",
    "529, overloaded_error"
  })
  void typesGoByTheStatus(int status, String type) {
    RequestHead head =
        new RequestHead() {
          @Override
          public String id() {
            return "req_1";
          }

          @Override
          public String path() {
            return PATH;
          }

          @Override
          public String header(String name) {
            return "";
          }
        };
    assertThat(Json.write(AnthropicErrors.body(ApiError.refused(status, "code", "Why"), head)))
        .isEqualTo(
            "{\"type\":\"error\",\"error\":{\"type\":\"%s\",\"message\":\"Why\"},\"request_id\":\"req_1\"}"
                .formatted(type));
  }

  private static void assertError(RawHttp.Response response, int status, String type) {
    assertThat(response.status()).as(response.body()).isEqualTo(status);
    ObjectNode body = Json.readObject(response.body());
    assertThat(body.path("type").asText()).isEqualTo("error");
    assertThat(body.at("/error/type").asText()).isEqualTo(type);
    assertThat(body.at("/error/message").asText()).isNotEmpty();
    assertThat(body.path("request_id").asText()).isEqualTo(response.headers().get("request-id"));
  }

  private static RawHttp.Response post(String path, String json, String... headers)
      throws IOException {
    try (RawHttp http = server.connect()) {
      return http.post(path, json, headers);
    }
  }

  @Test
  void beforeTheHandler() throws IOException {
    assertError(post(PATH, ASK), 401, "authentication_error");
    assertError(post(PATH, ASK, "X-Api-Key: wrong"), 401, "authentication_error");
    assertError(post(PATH + "/batches", "{}", KEY), 404, "not_found_error");
    assertError(post("/v1/files", "{}", KEY, VERSION), 404, "not_found_error");
    assertError(post(PATH, ASK, KEY, "Host: evil.example"), 403, "permission_error");
    assertError(post(PATH, " ".repeat((1 << 20) + 1), KEY), 413, "request_too_large");
    assertError(post(PATH, "{", KEY), 400, "invalid_request_error");
    try (RawHttp http = server.connect()) {
      assertError(http.get(PATH, KEY), 405, "invalid_request_error");
    }
  }

  @Test
  void ofAField() throws IOException {
    RawHttp.Response response = post(PATH, ASK.replace("2000000", "-1"), KEY);
    assertError(response, 400, "invalid_request_error");
    assertThat(response.body()).contains("max_tokens: -1, must be in [0, 2147483647]");
    RawHttp.Response missing = post(PATH, "{}", KEY);
    assertThat(missing.body()).contains("max_tokens: missing, must be in [0, 2147483647]");
    assertError(post(PATH + "/count_tokens", "{}", KEY), 400, "invalid_request_error");
  }

  @Test
  void aPromptThatIsTooLong() throws IOException {
    RawHttp.Response response = post(PATH, ASK.replace("Hi", "Hi ".repeat(20_000)), KEY);
    assertError(response, 400, "invalid_request_error");
    assertThat(response.body()).contains("maximum context length");
  }

  @Test
  void ofAServerThatIsBusy() throws IOException {
    try (RawHttp http = server.connect()) {
      http.post(PATH, ASK.replace("{\"max", "{\"stream\":true,\"max"), KEY);
      assertThat(http.chunk()).startsWith("event: message_start\n");
      assertError(post(PATH, ASK, KEY), 429, "rate_limit_error");
    }
    server.awaitIdle();
  }

  @Test
  void withinAStream() throws IOException {
    try (TestServer stopping = TestServer.start(TestServer.ENDLESS);
        RawHttp http = stopping.connect()) {
      RawHttp.Response head = http.post(PATH, ASK.replace("{\"max", "{\"stream\":true,\"max"));
      assertThat(http.chunk()).startsWith("event: message_start\n");
      stopping.server.close();
      String events = http.chunks();
      String last = events.substring(events.lastIndexOf("event: "));
      assertThat(last)
          .isEqualTo(
              "event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"the"
                  + " server is shutting down\"},\"request_id\":\""
                  + head.headers().get("request-id")
                  + "\"}\n\n");
    }
  }

  @Test
  void openAisClientsReadTheirs() throws IOException {
    assertThat(post("/v1/files", "{}", KEY).body()).startsWith("{\"error\":{\"message\":");
    assertThat(post("/v1/chat/completions", "{}").body()).startsWith("{\"error\":{\"message\":");
  }
}
