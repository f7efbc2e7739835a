package dev.llamastream.server.internal.llamacpp;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.llamastream.ContextParams;
import dev.llamastream.Embedder;
import dev.llamastream.Model;
import dev.llamastream.engine.Engine;
import dev.llamastream.engine.EngineParams;
import dev.llamastream.fixture.TinyModel;
import dev.llamastream.server.LlamaServer;
import dev.llamastream.server.ServerParams;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code /embedding} and {@code /embeddings}. */
@Timeout(300)
class EmbeddingHandlerTest {

  private static final JsonMapper MAPPER = new JsonMapper();

  private static Model model;
  private static Engine engine;
  private static LlamaServer server;

  @BeforeAll
  static void start() throws IOException {
    model = Model.load(TinyModel.defaultPath());
    ContextParams context = ContextParams.builder().contextSize(256).threads(1).build();
    engine = Engine.open(model, EngineParams.builder().context(context).build());
    server = LlamaServer.start(engine, model, ServerParams.builder().port(0).build());
  }

  @AfterAll
  static void stop() {
    server.close();
    engine.close();
    model.close();
  }

  private static HttpResponse<String> post(String path, String json)
      throws IOException, InterruptedException {
    URI uri = URI.create("http://127.0.0.1:" + server.port() + path);
    HttpRequest request =
        HttpRequest.newBuilder(uri)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(json))
            .build();
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client.send(request, BodyHandlers.ofString());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"/embedding", "/embeddings"})
  void aListOfListsForEachInput(String path) throws Exception {
    HttpResponse<String> response = post(path, "{\"input\": [\"one\", \"two\"]}");
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    JsonNode list = MAPPER.readTree(response.body());
    assertThat(list).hasSize(2);
    float[] two;
    try (Embedder embedder = Embedder.open(model)) {
      two = embedder.embed("two");
    }
    JsonNode second = list.path(1);
    assertThat(second.path("index").asInt()).isEqualTo(1);
    assertThat(second.path("embedding")).hasSize(1);
    assertThat(second.path("embedding").path(0)).hasSize(two.length);
    assertThat(Math.abs(second.at("/embedding/0/0").floatValue() - two[0])).isLessThan(1e-4f);
    HttpResponse<String> content =
        post(path, "{\"content\": \"two\", \"embd_normalize\": 2, \"encoding_format\": \"float\"}");
    assertThat(MAPPER.readTree(content.body()).path(0).path("index").asInt(-1)).isZero();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      textBlock =
          """
          {}; content
          {"input": []}; input
          {"content": ""}; content
          {"content": "a\\u0000b"}; content
          {"input": ["a", "a\\u0000b"]}; input
          {"content": "x", "embd_normalize": -1}; embd_normalize
          {"content": "x", "encoding_format": "base64"}; encoding_format
          {"content": "x", "colour": 1}; colour
          {"content": "x", "input": "y"}; content
          """)
  void refusedFields(String body, String field) throws Exception {
    HttpResponse<String> response = post("/embedding", body);
    assertThat(response.statusCode()).as(response.body()).isEqualTo(400);
    assertThat(MAPPER.readTree(response.body()).at("/error/message").asText())
        .startsWith(field + ": ");
  }
}
