package dev.llamastream.server.internal.anthropic;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.llamastream.server.RawHttp;
import dev.llamastream.server.TestServer;
import dev.llamastream.server.internal.json.Json;
import java.io.IOException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code /v1/models} for clients that send {@code anthropic-version}. */
@Timeout(60)
class AnthropicModelsTest {

  private static final String VERSION = "anthropic-version: 2023-06-01";
  private static TestServer server;

  @BeforeAll
  static void start() throws IOException {
    server = TestServer.start(TestServer.ENDLESS, params -> params.modelName("the model"));
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static RawHttp.Response get(String path, String... headers) throws IOException {
    try (RawHttp http = server.connect()) {
      return http.get(path, headers);
    }
  }

  @Test
  void lists() throws IOException {
    ObjectNode list = Json.readObject(get("/v1/models?limit=1000&beta=true", VERSION).body());
    assertThat(list.get("data")).hasSize(1);
    ObjectNode entry = (ObjectNode) list.at("/data/0");
    assertThat(entry.path("type").asText()).isEqualTo("model");
    assertThat(entry.path("id").asText()).isEqualTo("the model");
    assertThat(entry.path("display_name").asText()).isEqualTo("the model");
    assertThat(entry.path("created_at").asText()).matches("\\d{4}-\\d\\d-\\d\\dT.*Z");
    assertThat(entry.path("max_input_tokens").asInt()).isEqualTo(8192);
    assertThat(list.path("has_more").asBoolean()).isFalse();
    assertThat(list.path("first_id").asText()).isEqualTo("the model");
    assertThat(list.path("last_id").asText()).isEqualTo("the model");
  }

  @ParameterizedTest
  @CsvSource({"after_id", "before_id"})
  void beyondTheOnlyOne(String field) throws IOException {
    ObjectNode list = Json.readObject(get("/v1/models?" + field + "=the%20model", VERSION).body());
    assertThat(list.get("data")).isEmpty();
    assertThat(list.path("has_more").asBoolean()).isFalse();
    assertThat(list.get("first_id").isNull()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({"after_id=x, after_id", "limit=0, limit", "limit=1001, limit", "colour=1, colour"})
  void refusesByName(String query, String field) throws IOException {
    RawHttp.Response response = get("/v1/models?" + query, VERSION);
    assertThat(response.status()).isEqualTo(400);
    assertThat(response.body()).startsWith("{\"type\":\"error\"").contains("\"" + field + ": ");
  }

  @Test
  void one() throws IOException {
    ObjectNode entry = Json.readObject(get("/v1/models/the%20model", VERSION).body());
    assertThat(entry.path("id").asText()).isEqualTo("the model");
    RawHttp.Response none = get("/v1/models/the+model", VERSION);
    assertThat(none.status()).isEqualTo(404);
    assertThat(none.body()).contains("not_found_error");
  }

  @Test
  void isOpenAisForOthers() throws IOException {
    assertThat(get("/v1/models").body()).startsWith("{\"object\":\"list\"");
    assertThat(get("/v1/models/none").body()).startsWith("{\"error\":{");
  }
}
