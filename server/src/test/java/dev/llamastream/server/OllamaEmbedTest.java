package dev.llamastream.server;

import static dev.llamastream.server.OllamaClient.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code /api/embed} and {@code /api/embeddings}. */
@Timeout(300)
class OllamaEmbedTest {

  private static final String PATH = "/api/embed";
  private static final String OLD = "/api/embeddings";

  private static OllamaClient client;

  @BeforeAll
  static void start() throws IOException {
    client = new OllamaClient(TestServer.start(params -> params.modelName("tiny")));
  }

  @AfterAll
  static void stop() {
    client.close();
  }

  private static JsonNode embed(String path, String fields) throws Exception {
    return json(client.post(path, "{\"model\": \"tiny\", " + fields + "}").body());
  }

  /** Of vectors whose length is 1. */
  private static double cosine(JsonNode one, JsonNode other) {
    return IntStream.range(0, one.size())
        .mapToDouble(i -> one.path(i).asDouble() * other.path(i).asDouble())
        .sum();
  }

  @Test
  void embedsTexts() throws Exception {
    JsonNode answer = embed(PATH, "\"input\": [\"one\", \"two\"]");
    assertThat(answer.path("model").asText()).isEqualTo("tiny");
    assertThat(answer.path("embeddings")).hasSize(2);
    assertThat(answer.at("/embeddings/0")).hasSize(64);
    assertThat(answer.path("prompt_eval_count").asInt()).isEqualTo(8);
    assertThat(answer.path("total_duration").asLong()).isPositive();
    assertThat(answer.path("load_duration").asLong()).isNotNegative();
    double squares = 0;
    for (JsonNode number : answer.at("/embeddings/1")) {
      squares += number.asDouble() * number.asDouble();
    }
    assertThat(squares).isCloseTo(1, within(1e-5));
    JsonNode two = embed(PATH, "\"input\": \"two\"").at("/embeddings/0");
    // the last digits depend on the other texts of the batch
    assertThat(cosine(two, answer.at("/embeddings/1"))).isCloseTo(1, within(1e-4));
    assertThat(cosine(two, answer.at("/embeddings/0"))).isLessThan(0.99);
    assertThat(embed(OLD, "\"prompt\": \"two\"").path("embedding")).isEqualTo(two);
  }

  @Test
  void cutsEmbeddingsAndTexts() throws Exception {
    assertThat(embed(PATH, "\"input\": \"x\", \"dimensions\": 8").at("/embeddings/0")).hasSize(8);
    String tooLong = "\"input\": \"" + "x".repeat(3_000) + "\"";
    assertThat(embed(PATH, tooLong).path("embeddings")).hasSize(1);
    assertThat(
            client.refused(
                400, PATH, "{\"model\": \"tiny\", \"truncate\": false, " + tooLong + "}"))
        .startsWith("input: ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"keep_alive\": 0", "\"input\": \"\"", "\"input\": []"})
  void embedsNothing(String fields) throws Exception {
    JsonNode answer = embed(PATH, fields);
    assertThat(answer.path("embeddings").isArray()).isTrue();
    assertThat(answer.path("embeddings")).isEmpty();
    assertThat(embed(OLD, "\"prompt\": \"\"")).isEqualTo(json("{\"embedding\": []}"));
  }

  @Test
  void takesOptions() throws Exception {
    String options =
        "\"options\": {\"num_ctx\": 2048, \"temperature\": 0.5}, \"keep_alive\": \"1m\"";
    assertThat(embed(PATH, "\"input\": \"x\", " + options).path("embeddings")).hasSize(1);
    assertThat(embed(OLD, "\"prompt\": \"x\", " + options).path("embedding")).hasSize(64);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "\"input\": 1; input",
        "\"input\": [1]; input",
        "\"input\": [\"a\", \"\"]; input: has an empty text",
        "\"input\": [\"b\", \"a\\u0000b\"]; input: NUL at index 1",
        "\"input\": \"x\", \"dimensions\": 65; dimensions: 65, must be in [1, 64]",
        "\"input\": \"x\", \"dimensions\": -1; dimensions",
        "\"input\": \"x\", \"truncate\": 1; truncate",
        "\"input\": \"x\", \"keep_alive\": []; keep_alive",
        "\"input\": \"x\", \"options\": {\"num_ctx\": -1}; options.num_ctx",
        "\"input\": \"x\", \"encoding_format\": \"base64\"; encoding_format: not supported",
      })
  void refusesFields(String fields, String message) throws Exception {
    assertThat(client.refused(400, PATH, "{\"model\": \"tiny\", " + fields + "}"))
        .startsWith(message);
  }

  @Test
  void refusesRequestsWithoutAModel() throws Exception {
    assertThat(client.refused(400, PATH, "{\"input\": \"x\"}")).isEqualTo("model is required");
    assertThat(client.refused(400, OLD, "{\"prompt\": \"x\"}")).isEqualTo("model is required");
    assertThat(client.refused(400, OLD, "{\"model\": \"tiny\", \"prompt\": 1}"))
        .startsWith("prompt");
    assertThat(client.refused(400, OLD, "{\"model\": \"tiny\", \"prompt\": \"a\\u0000\"}"))
        .startsWith("prompt: NUL at index 1");
  }
}
