package dev.llamastream.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.llamastream.SamplerParams;
import dev.llamastream.fixture.ChatTemplate;
import dev.llamastream.fixture.ScriptedModel;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What Ollama's API says about models, and about the server. */
@Timeout(300)
class OllamaModelsTest {

  private static OllamaClient client;

  @BeforeAll
  static void start() throws IOException {
    Path model =
        ScriptedModel.of("Hi").gguf().put(ChatTemplate.KEY, ChatTemplate.qwen3()).writeShared("o");
    RequestDefaults defaults =
        RequestDefaults.builder()
            .systemMessage("Be short")
            .stopSequences(List.of("\n\n"))
            .sampler(SamplerParams.builder().temperature(0.25).build())
            .build();
    client =
        new OllamaClient(
            TestServer.start(
                model, params -> params.modelName("tiny:1b").requestDefaults(defaults)));
  }

  @AfterAll
  static void stop() {
    client.close();
  }

  private static void check(JsonNode model) {
    assertThat(model.path("name").asText()).isEqualTo("tiny:1b");
    assertThat(model.path("model").asText()).isEqualTo("tiny:1b");
    assertThat(model.path("size").asLong()).isPositive();
    assertThat(model.path("digest").asText()).matches("[0-9a-f]{64}");
    JsonNode details = model.path("details");
    assertThat(details.path("format").asText()).isEqualTo("gguf");
    assertThat(details.path("family").asText()).isEqualTo("llama");
    assertThat(details.at("/families/0").asText()).isEqualTo("llama");
    assertThat(details.path("parameter_size").asText()).matches("[0-9.]+[KMB]");
    assertThat(details.path("quantization_level").asText()).matches("[A-Z0-9_]+");
  }

  @Test
  void listsModels() throws Exception {
    JsonNode models = client.get("/api/tags").path("models");
    assertThat(models).hasSize(1);
    check(models.get(0));
    assertThat(Instant.parse(models.get(0).path("modified_at").asText())).isBefore(Instant.now());
  }

  @Test
  void listsLoadedModels() throws Exception {
    JsonNode models = client.get("/api/ps").path("models");
    assertThat(models).hasSize(1);
    check(models.get(0));
    assertThat(Instant.parse(models.get(0).path("expires_at").asText())).isAfter(Instant.now());
    assertThat(models.get(0).path("context_length").asInt()).isEqualTo(8192);
  }

  @Test
  void showsAModel() throws Exception {
    for (String field : List.of("model", "name")) {
      HttpResponse<String> response =
          client.post("/api/show", "{\"" + field + "\": \"tiny:1b\", \"verbose\": false}");
      JsonNode shown = OllamaClient.json(response.body());
      assertThat(shown.path("template").asText()).isEqualTo(ChatTemplate.qwen3());
      assertThat(shown.path("system").asText()).isEqualTo("Be short");
      assertThat(shown.path("modelfile").asText())
          .contains(
              "FROM tiny:1b\n", "SYSTEM \"\"\"Be short\"\"\"", "PARAMETER temperature 0.25\n");
      assertThat(shown.path("parameters").asText())
          .contains(
              "temperature                    0.25\n", "stop                           \"\\n\\n\"");
      assertThat(shown.at("/details/family").asText()).isEqualTo("llama");
      JsonNode info = shown.path("model_info");
      assertThat(info.path("general.architecture").asText()).isEqualTo("llama");
      assertThat(info.path("general.parameter_count").isIntegralNumber()).isTrue();
      assertThat(info.path("llama.context_length").longValue()).isEqualTo(8192);
      assertThat(info.path("llama.attention.layer_norm_rms_epsilon").isNumber()).isTrue();
      assertThat(info.has("tokenizer.chat_template")).isFalse();
      List<String> capabilities = new ArrayList<>();
      shown.path("capabilities").forEach(one -> capabilities.add(one.asText()));
      assertThat(capabilities).containsExactly("completion", "tools", "thinking");
      assertThat(Instant.parse(shown.path("modified_at").asText())).isBefore(Instant.now());
    }
  }

  @Test
  void refusesWhatItCannotShow() throws Exception {
    assertThat(client.refused(400, "/api/show", "{}")).isEqualTo("model is required");
    assertThat(client.refused(400, "/api/show", "{\"model\": 1}")).startsWith("model: 1");
    assertThat(client.refused(400, "/api/show", "{\"model\": \"tiny\", \"verbose\": true}"))
        .isEqualTo("verbose: not supported");
  }

  @Test
  void hasAVersion() throws Exception {
    assertThat(client.get("/api/version").path("version").asText()).matches("\\d+\\.\\d+\\.\\d+");
  }

  @Test
  void isThere() throws Exception {
    for (String path : List.of("/", "/api/tags", "/api/version")) {
      assertThat(client.send("HEAD", path, "").statusCode()).as(path).isEqualTo(200);
    }
  }
}
