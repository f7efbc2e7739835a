package dev.llamastream.server.internal.openai;

import static dev.llamastream.server.internal.openai.OpenAiServer.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code /v1/models} and {@code /v1/embeddings}. */
@Timeout(300)
class ModelsAndEmbeddingsTest {

  private static final String PATH = "/v1/embeddings";

  private static OpenAiServer server;

  @BeforeAll
  static void start() throws IOException {
    server = OpenAiServer.endless(params -> params.modelName("a/tiny model+"));
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @Test
  void models() throws Exception {
    JsonNode list = json(server.get("/v1/models").body());
    assertThat(list.path("object").asText()).isEqualTo("list");
    JsonNode model = list.path("data").path(0);
    assertThat(list.path("data")).hasSize(1);
    assertThat(model.path("id").asText()).isEqualTo("a/tiny model+");
    assertThat(model.path("object").asText()).isEqualTo("model");
    assertThat(model.path("owned_by").asText()).isEqualTo("llamastream");
    assertThat(model.at("/meta/n_ctx").asInt()).isEqualTo(2048);
    for (String path : List.of("a%2Ftiny%20model%2B", "a/tiny%20model+")) {
      assertThat(json(server.get("/v1/models/" + path).body())).isEqualTo(model);
    }
  }

  @Test
  void unknownModels() throws Exception {
    HttpResponse<String> response = server.get("/v1/models/gpt-4o");
    assertThat(response.statusCode()).isEqualTo(404);
    assertThat(json(response.body()).at("/error/code").asText()).isEqualTo("model_not_found");
  }

  private static JsonNode embed(String fields) throws IOException, InterruptedException {
    HttpResponse<String> response = server.post(PATH, "{" + fields + "}");
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    return json(response.body());
  }

  private static List<Float> floats(JsonNode list) {
    List<Float> floats = new ArrayList<>();
    list.forEach(number -> floats.add(number.floatValue()));
    return floats;
  }

  @Test
  void embeddings() throws Exception {
    JsonNode answer = embed("\"input\": [\"one\", \"two\"], \"model\": \"x\", \"dimensions\": 64");
    assertThat(answer.path("object").asText()).isEqualTo("list");
    assertThat(answer.path("model").asText()).isEqualTo("a/tiny model+");
    assertThat(answer.path("data")).hasSize(2);
    assertThat(answer.path("data").path(1).path("index").asInt()).isEqualTo(1);
    assertThat(answer.path("data").path(1).path("object").asText()).isEqualTo("embedding");
    assertThat(answer.path("usage")).isEqualTo(json("{\"prompt_tokens\":8,\"total_tokens\":8}"));

    List<Float> two = floats(answer.at("/data/1/embedding"));
    assertThat(two).hasSize(64);
    double squares = two.stream().mapToDouble(value -> value * value).sum();
    assertThat(squares).isCloseTo(1, within(1e-5));
    assertThat(floats(embed("\"input\": \"two\"").at("/data/0/embedding"))).isEqualTo(two);
    assertThat(floats(answer.at("/data/0/embedding"))).isNotEqualTo(two);
  }

  @Test
  void embeddingsOfTokens() throws Exception {
    JsonNode text = embed("\"input\": \"two\"");
    assertThat(text.at("/usage/prompt_tokens").asInt()).isEqualTo(4);
    String ids = "[1,119,122,114]"; // the beginning, and bytes behind three special tokens
    assertThat(embed("\"input\": " + ids).path("data")).isEqualTo(text.path("data"));
    JsonNode lists = embed("\"input\": [" + ids + ",\"two\"]");
    assertThat(lists.at("/data/0/embedding")).isEqualTo(lists.at("/data/1/embedding"));
    assertThat(lists.at("/usage/prompt_tokens").asInt()).isEqualTo(8);
  }

  @Test
  void base64() throws Exception {
    List<Float> expected =
        floats(embed("\"input\": \"x\", \"encoding_format\": \"float\"").at("/data/0/embedding"));
    String text =
        embed("\"input\": \"x\", \"encoding_format\": \"base64\"").at("/data/0/embedding").asText();
    ByteBuffer bytes =
        ByteBuffer.wrap(Base64.getDecoder().decode(text)).order(ByteOrder.LITTLE_ENDIAN);
    List<Float> floats = new ArrayList<>();
    while (bytes.hasRemaining()) {
      floats.add(bytes.getFloat());
    }
    assertThat(floats).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "\"model\": \"x\"; input",
        "\"input\": \"\"; input",
        "\"input\": []; input",
        "\"input\": [\"a\", \"\"]; input",
        "\"input\": [99999]; input",
        "\"input\": [[]]; input",
        "\"input\": [\"a\", 1]; input",
        "\"input\": \"a\\u0000\"; input",
        "\"input\": \"\\ud83d\"; input",
        "\"input\": {}; input",
        "\"input\": \"x\", \"encoding_format\": \"hex\"; encoding_format",
        "\"input\": \"x\", \"encoding_format\": 1; encoding_format",
        "\"input\": \"x\", \"dimensions\": 32; dimensions",
        "\"input\": \"x\", \"model\": 1; model",
      })
  void refusedFields(String fields, String param) throws Exception {
    HttpResponse<String> response = server.post(PATH, "{" + fields + "}");
    assertThat(response.statusCode()).as(response.body()).isEqualTo(400);
    assertThat(json(response.body()).at("/error/param").asText()).isEqualTo(param);
  }

  @Test
  void textsThatAreTooLong() throws Exception {
    HttpResponse<String> response = server.post(PATH, "{\"input\": \"" + "x".repeat(3_000) + "\"}");
    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(json(response.body()).at("/error/code").asText())
        .isEqualTo("context_length_exceeded");
  }
}
