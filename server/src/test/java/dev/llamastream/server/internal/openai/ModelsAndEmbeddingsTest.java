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
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
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
    assertThat(model.path("max_model_len").asInt()).isEqualTo(2048);
    assertThat(model.path("capabilities")).isEqualTo(json("[\"completion\", \"chat\"]"));
    JsonNode meta = model.path("meta");
    assertThat(meta.path("n_ctx").asInt()).isEqualTo(2048);
    assertThat(meta.path("n_ctx_train").asInt()).isEqualTo(8192);
    assertThat(meta.path("n_embd").asInt()).isEqualTo(64);
    assertThat(meta.path("n_vocab").asInt()).isEqualTo(260);
    assertThat(meta.path("n_params").asLong()).isPositive();
    assertThat(meta.path("size").asLong()).isPositive();
    for (String path : List.of("a%2Ftiny%20model%2B", "a/tiny%20model+")) {
      assertThat(json(server.get("/v1/models/" + path).body())).isEqualTo(model);
      assertThat(json(server.get("/models/" + path).body())).isEqualTo(model);
    }
    assertThat(json(server.get("/models").body())).isEqualTo(list);
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

  /** But for the last bits, which depend on the texts in the same batch. */
  private static void assertSame(List<Float> actual, List<Float> expected) {
    assertThat(actual).hasSameSizeAs(expected);
    for (int i = 0; i < expected.size(); i++) {
      assertThat(actual.get(i)).isCloseTo(expected.get(i), within(1e-3f));
    }
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
    assertSame(floats(embed("\"input\": \"two\"").at("/data/0/embedding")), two);
    assertThat(floats(answer.at("/data/0/embedding"))).isNotEqualTo(two);
  }

  @Test
  void fewerDimensions() throws Exception {
    List<Float> all = floats(embed("\"input\": \"two\"").at("/data/0/embedding"));
    JsonNode answer = embed("\"input\": [\"two\", \"one\"], \"dimensions\": 16");
    List<Float> first = floats(answer.at("/data/0/embedding"));
    assertThat(first).hasSize(16);
    assertThat(floats(answer.at("/data/1/embedding"))).hasSize(16);
    double squares = first.stream().mapToDouble(value -> value * value).sum();
    assertThat(squares).isCloseTo(1, within(1e-5));
    for (int i = 1; i < 16; i++) {
      assertThat(first.get(i) / first.getFirst())
          .isCloseTo(all.get(i) / all.getFirst(), within(0.02f));
    }
    assertThat(floats(embed("\"input\": \"two\", \"dimensions\": 1").at("/data/0/embedding")))
        .hasSize(1);
  }

  @Test
  void longTextsAreCutIfAsked() throws Exception {
    String input = "\"input\": [\"" + "x".repeat(3_000) + "\", \"x\"], ";
    for (String asked : List.of("\"truncate\": true", "\"truncate_prompt_tokens\": -1")) {
      assertThat(embed(input + asked).at("/usage/prompt_tokens").asInt()).isEqualTo(2_048 + 2);
    }
    JsonNode cut = embed(input + "\"truncate_prompt_tokens\": 2");
    assertThat(cut.at("/usage/prompt_tokens").asInt()).isEqualTo(4);
    assertSame(floats(cut.at("/data/0/embedding")), floats(cut.at("/data/1/embedding")));
  }

  /** With all processors each, the two take turns. */
  @Test
  void streamsContinueBesideALargeRequest() throws Exception {
    String texts = "\"" + "y".repeat(450) + "\"";
    String large = "{\"input\": [" + String.join(",", Collections.nCopies(2_000, texts)) + "]}";
    CompletableFuture<Object> embedded = new CompletableFuture<>();
    Thread thread =
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    embedded.complete(server.post(PATH, large));
                  } catch (IOException | InterruptedException e) {
                    embedded.complete(e);
                  }
                });
    String prompt = "{\"prompt\": \"a\", \"max_tokens\": 100, \"stream\": true}";
    assertThat(server.events("/v1/completions", prompt).count()).isGreaterThan(10);
    assertThat(embed("\"input\": \"short\"").path("data")).hasSize(1);
    assertThat(embedded).isNotDone();
    thread.interrupt();
    assertThat(embedded.join()).isInstanceOf(InterruptedException.class);
  }

  @Test
  void rankingIsRefusedByName() throws Exception {
    HttpResponse<String> response =
        server.post("/v1/rerank", "{\"query\": \"q\", \"documents\": [\"d\"]}");
    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(json(response.body()).at("/error/code").asText()).isEqualTo("no_ranking");
  }

  @Test
  void embeddingsOfTokens() throws Exception {
    JsonNode text = embed("\"input\": \"two\"");
    assertThat(text.at("/usage/prompt_tokens").asInt()).isEqualTo(4);
    String ids = "[1,119,122,114]"; // the beginning, and bytes behind three special tokens
    assertThat(embed("\"input\": " + ids).path("data")).isEqualTo(text.path("data"));
    JsonNode lists = embed("\"input\": [" + ids + ",\"two\"]");
    assertSame(floats(lists.at("/data/0/embedding")), floats(lists.at("/data/1/embedding")));
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
        "\"input\": \"x\", \"dimensions\": 65; dimensions",
        "\"input\": \"x\", \"dimensions\": 0; dimensions",
        "\"input\": \"x\", \"truncate\": 1; truncate",
        "\"input\": \"x\", \"truncation_direction\": \"left\"; truncation_direction",
        "\"input\": \"x\", \"truncate_prompt_tokens\": -2; truncate_prompt_tokens",
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
