package dev.llamastream.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.llamastream.ContextParams;
import dev.llamastream.ModelParams;
import dev.llamastream.engine.EngineParams;
import dev.llamastream.fixture.ChatTemplate;
import dev.llamastream.fixture.ScriptedModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests that ask how a server with several models is. They load none. */
@Timeout(120)
class StatusTest {

  private static final JsonMapper MAPPER = new JsonMapper();

  /** Fills in the middle, and has a template. */
  private static final Path CODER =
      ScriptedModel.of("<fim_prefix>", "<fim_suffix>", "<fim_middle>")
          .gguf()
          .put(ChatTemplate.KEY, ChatTemplate.qwen3())
          .writeShared("status");

  private static final Path PLAIN = ScriptedModel.of("two").path();

  private final AtomicInteger loads = new AtomicInteger();
  private LlamaServer server;

  @BeforeEach
  void start() throws IOException {
    server =
        LlamaServer.start(
            List.of(source("coder", CODER), source("plain:latest", PLAIN), source("PLAIN", PLAIN)),
            ServerParams.builder().port(0).build());
  }

  @AfterEach
  void close() {
    server.close();
  }

  private ModelSource source(String name, Path file) {
    return ModelSource.builder(name, file)
        .aliases(List.of("Alias of " + name))
        .modelParams(
            ModelParams.builder().progressListener(_ -> loads.incrementAndGet() > 0).build())
        .engineParams(
            EngineParams.builder()
                .slots(2)
                .context(ContextParams.builder().contextSize(512).threads(1).build())
                .build())
        .build();
  }

  private String get(String path, String... headers) throws IOException {
    try (RawHttp http = RawHttp.connect(server.port())) {
      RawHttp.Response response = http.get(path, headers);
      assertThat(response.status()).as(path).isEqualTo(200);
      return response.body();
    }
  }

  private RawHttp.Response post(String path, String json) throws IOException {
    try (RawHttp http = RawHttp.connect(server.port())) {
      return http.post(path, json);
    }
  }

  private JsonNode show(String model) throws IOException {
    RawHttp.Response response = post("/api/show", "{\"model\": \"" + model + "\"}");
    assertThat(response.status()).as(response.body()).isEqualTo(200);
    return MAPPER.readTree(response.body());
  }

  private void load(String model) throws IOException {
    String body = "{\"prompt\": \"a\", \"max_tokens\": 1, \"model\": \"" + model + "\"}";
    assertThat(post("/v1/completions", body).status()).isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/",
        "/health",
        "/v1/health",
        "/metrics",
        "/v1/models",
        "/v1/models/coder",
        "/models",
        "/api/version",
        "/api/tags",
        "/api/ps",
        "/props",
        "/props?model=plain",
        "/slots",
        "/slots?model=plain&fail_on_no_slot=1",
      })
  void loadsNothing(String path) throws Exception {
    get(path);
    get(path, "anthropic-version: 2023-06-01");

    assertNothingLoaded();
  }

  private void assertNothingLoaded() throws IOException {
    assertThat(loads).hasValue(0);
    assertThat(get("/metrics"))
        .contains("llamastream_model_load_seconds_count{model=\"coder\"} 0")
        .contains("llamastream_model_load_seconds_count{model=\"plain:latest\"} 0");
    assertThat(MAPPER.readTree(get("/api/ps")).path("models")).isEmpty();
  }

  @Test
  void showsWhatTheFileSays() throws Exception {
    JsonNode before = show("coder");
    assertThat(before.path("template").asText()).isEqualTo(ChatTemplate.qwen3());
    assertThat(before.at("/model_info/llama.context_length").asInt()).isEqualTo(8192);
    assertThat(before.at("/model_info/llama.attention.layer_norm_rms_epsilon").isNumber()).isTrue();
    assertThat(before.path("capabilities").toString())
        .isEqualTo("[\"completion\",\"tools\",\"thinking\",\"insert\"]");
    assertThat(show("plain").path("capabilities").toString()).isEqualTo("[\"completion\"]");
    assertNothingLoaded();

    load("coder");
    JsonNode after = show("coder");
    for (String field : List.of("template", "model_info", "capabilities", "parameters")) {
      assertThat(after.path(field)).as(field).isEqualTo(before.path(field));
    }
  }

  @Test
  void aModelThatIsNotLoadedSleeps() throws Exception {
    ObjectNode before = (ObjectNode) MAPPER.readTree(get("/props?model=coder"));
    assertThat(before.path("is_sleeping").asBoolean()).isTrue();
    assertThat(before.path("bos_token").asText()).isEqualTo("<s>");
    assertThat(before.path("eos_token").asText()).isEqualTo("</s>");
    assertThat(before.path("chat_template").asText()).isEqualTo(ChatTemplate.qwen3());
    assertThat(before.path("total_slots").asInt(-1)).isZero();
    assertThat(MAPPER.readTree(get("/slots?model=coder"))).isEmpty();

    load("coder");
    JsonNode after = MAPPER.readTree(get("/props?model=coder"));
    assertThat(after.at("/default_generation_settings/n_ctx").asInt()).isEqualTo(512);
    before.put("is_sleeping", false).put("total_slots", 2);
    ((ObjectNode) before.path("default_generation_settings")).put("n_ctx", 512);
    assertThat(after).isEqualTo(before);
    assertThat(MAPPER.readTree(get("/slots?model=coder"))).hasSize(2);
    assertThat(MAPPER.readTree(get("/slots?model=plain"))).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "coder, coder",
    "coder:latest, coder",
    "Coder:LATEST, coder",
    "Alias of coder, coder",
    "alias of CODER:latest, coder",
    "plain, plain:latest",
    "plain:latest, plain:latest",
    "PLAIN, PLAIN",
    "PLAIN:latest, PLAIN",
    "Plain, plain:latest",
    "ALIAS OF PLAIN:LATEST, plain:latest",
  })
  void ollamasNames(String asked, String found) throws Exception {
    assertThat(show(asked).path("modelfile").asText()).contains("\nFROM " + found + "\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"code", "coder:1b", ":latest", "latest", "coder:latest:latest"})
  void namesThatNoModelHas(String name) throws Exception {
    RawHttp.Response response = post("/api/show", "{\"model\": \"" + name + "\"}");
    assertThat(response.status()).isEqualTo(404);
    assertThat(response.body()).contains("model '" + name + "' not found");
  }
}
