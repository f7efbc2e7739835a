package dev.llamastream.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.llamastream.ContextParams;
import dev.llamastream.ModelParams;
import dev.llamastream.engine.EngineParams;
import dev.llamastream.fixture.ScriptedModel;
import dev.llamastream.fixture.UncaughtExceptions;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** One server with several models, as its clients see it. */
@Timeout(120)
class SeveralModelsTest {

  private static final JsonMapper MAPPER = new JsonMapper();
  private static final Path ONE = ScriptedModel.of("one").path();
  private static final Path TWO = ScriptedModel.of("two").path();

  private final CountDownLatch loading = new CountDownLatch(1);
  private final CountDownLatch release = new CountDownLatch(1);
  private LlamaServer server;

  @BeforeEach
  void start() throws IOException {
    server =
        LlamaServer.start(
            List.of(
                source("first", ONE).aliases(List.of("alias")).build(),
                source("second:latest", TWO)
                    .requestDefaults(RequestDefaults.builder().systemMessage("s").build())
                    .build(),
                source("held", TWO)
                    .modelParams(ModelParams.builder().progressListener(_ -> hold()).build())
                    .build()),
            ServerParams.builder().port(0).build());
  }

  private static ModelSource.Builder source(String name, Path file) {
    return ModelSource.builder(name, file)
        .engineParams(
            EngineParams.builder()
                .slots(2)
                .context(ContextParams.builder().contextSize(512).threads(1).build())
                .build());
  }

  private boolean hold() {
    loading.countDown();
    try {
      release.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
    return true;
  }

  @AfterEach
  void close() {
    release.countDown();
    server.close();
  }

  private RawHttp.Response post(String path, String json) throws IOException {
    try (RawHttp http = RawHttp.connect(server.port())) {
      return http.post(path, json);
    }
  }

  private RawHttp.Response get(String path) throws IOException {
    try (RawHttp http = RawHttp.connect(server.port())) {
      return http.request("GET", path, "");
    }
  }

  private JsonNode complete(String model) throws IOException {
    RawHttp.Response response =
        post("/v1/completions", "{\"prompt\":\"a\",\"model\":\"" + model + "\"}");
    assertThat(response.status()).isEqualTo(200);
    return MAPPER.readTree(response.body());
  }

  @Test
  void theNameChoosesTheModel() throws IOException {
    assertThat(complete("first").at("/choices/0/text").asText()).isEqualTo("one");
    assertThat(complete("alias").at("/choices/0/text").asText()).isEqualTo("one");
    assertThat(complete("second").at("/choices/0/text").asText()).isEqualTo("two");
    assertThat(complete("second:latest").at("/model").asText()).isEqualTo("second:latest");
    assertThat(complete("").at("/model").asText()).isEqualTo("first");
  }

  @Test
  void anUnknownNameIsNotFound() throws IOException {
    RawHttp.Response response =
        post("/v1/chat/completions", "{\"messages\":[],\"model\":\"third\"}");

    assertThat(response.status()).isEqualTo(404);
    assertThat(response.body())
        .contains("\"model_not_found\"")
        .contains("there is no third, must be one of: first, second:latest, held");
  }

  @Test
  void listingsLoadNothing() throws IOException {
    JsonNode models = MAPPER.readTree(get("/v1/models").body());

    assertThat(models.at("/data")).hasSize(3);
    assertThat(models.at("/data/1/id").asText()).isEqualTo("second:latest");
    assertThat(get("/v1/models/held").status()).isEqualTo(200);
    assertThat(get("/v1/models/none").status()).isEqualTo(404);
    assertThat(get("/health").status()).isEqualTo(200);
    assertThat(get("/metrics").body())
        .contains("llamastream_model_load_seconds_count{model=\"first\"} 0")
        .contains("llamastream_model_load_seconds_count{model=\"held\"} 0")
        .contains("llamastream_streams{state=\"running\"} 0")
        .contains("vllm:num_requests_waiting{model_name=\"first\"} 0")
        .contains("vllm:kv_cache_usage_perc{model_name=\"held\"} 0");
  }

  @Test
  void aBadRequestLoadsNothing() throws IOException {
    assertThat(post("/stream", "{\"prompt\":\"a\",\"model\":\"held\",\"top_k\":\"x\"}").status())
        .isEqualTo(400);
    assertThat(get("/metrics").body())
        .contains("llamastream_model_load_seconds_count{model=\"held\"} 0");
    assertThat(loading.getCount()).isOne();
  }

  @Test
  void webSocketsChooseTheirModels() throws IOException {
    try (RawWebSocket socket = RawWebSocket.connect(server.port(), "/ws")) {
      socket.send("{\"id\":1,\"prompt\":\"a\",\"model\":\"second\"}");
      assertThat(socket.message().at("/content").asText()).isEqualTo("two");
      assertThat(socket.message().at("/type").asText()).isEqualTo("done");
      socket.send("{\"id\":2,\"prompt\":\"a\"}");
      assertThat(socket.message().at("/content").asText()).isEqualTo("one");
      assertThat(socket.message().at("/type").asText()).isEqualTo("done");
      socket.send("{\"id\":3,\"prompt\":\"a\",\"model\":\"third\"}");
      assertThat(socket.message().at("/code").asText()).isEqualTo("model_not_found");
    }
  }

  @Test
  void aWebSocketsRequestCanBeCancelledWhileItsModelLoads() throws Exception {
    try (RawWebSocket socket = RawWebSocket.connect(server.port(), "/ws")) {
      socket.send("{\"id\":1,\"prompt\":\"a\",\"model\":\"held\"}");
      loading.await();
      socket.send("{\"id\":1,\"type\":\"cancel\"}");

      JsonNode done = socket.message();
      assertThat(done.at("/type").asText()).isEqualTo("done");
      assertThat(done.at("/finish_reason").asText()).isEqualTo("cancelled");
      assertThat(done.at("/stats/generated_tokens").asInt()).isZero();
    }
  }

  @Test
  void aClientThatDisconnectsWaitsNoMore() throws Exception {
    String waiting = "llamastream_model_requests_waiting{model=\"held\"} ";
    try (RawHttp client = RawHttp.connect(server.port())) {
      client.sendPost("/stream", "{\"prompt\":\"a\",\"model\":\"held\"}");
      loading.await();
      assertThat(get("/metrics").body()).contains(waiting + "1");
    }
    while (!get("/metrics").body().contains(waiting + "0")) {
      Thread.sleep(2);
    }
  }

  @Test
  void aWebSocketThatDisconnectsWaitsNoMore() throws Exception {
    try (UncaughtExceptions uncaught = UncaughtExceptions.collect()) {
      try (RawWebSocket socket = RawWebSocket.connect(server.port(), "/ws")) {
        socket.send("{\"id\":1,\"prompt\":\"a\",\"model\":\"held\"}");
        loading.await();
      }
      TestServer.await(() -> server.inFlight().awaitNone(Duration.ZERO));
      assertThat(uncaught.all()).isEmpty();
    }
  }

  @Test
  void otherModelsAnswerWhileOneIsInMemoryAndOneLoads() throws Exception {
    assertThat(complete("first").at("/choices/0/text").asText()).isEqualTo("one");
    try (RawHttp waiting = RawHttp.connect(server.port())) {
      waiting.sendPost("/v1/completions", "{\"prompt\":\"a\",\"model\":\"held\"}");
      loading.await();
      assertThat(complete("first").at("/choices/0/text").asText()).isEqualTo("one");
      release.countDown();
      assertThat(waiting.head().body()).contains("two");
    }
  }

  @Test
  void closesWhileAModelLoads() throws Exception {
    try (RawHttp waiting = RawHttp.connect(server.port())) {
      waiting.sendPost("/v1/completions", "{\"prompt\":\"a\",\"model\":\"held\"}");
      loading.await();
      Thread closing = Thread.ofVirtual().start(() -> server.close(Duration.ZERO));
      RawHttp.Response response = waiting.head();
      assertThat(response.status()).isEqualTo(503);
      assertThat(response.body()).contains("shutting_down");
      release.countDown();
      closing.join();
    }
  }

  @Test
  void whatEachModelHasOfItsOwnIsNoSettingOfTheServer() {
    List<ModelSource> models = List.of(source("a", ONE).build());
    assertThatIllegalArgumentException()
        .isThrownBy(() -> LlamaServer.start(models, ServerParams.builder().modelName("x").build()))
        .withMessageContaining("modelName");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> LlamaServer.start(List.of(), ServerParams.defaults()))
        .withMessageContaining("there are none");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> source("a", ONE).memory(-1).build())
        .withMessageContaining("memory: -1");
  }

  @Test
  void aSourceCanBeBuiltAgain() {
    ModelSource source = source("a", ONE).aliases(List.of("b")).memory(7).build();
    assertThat(source.toBuilder().build()).isEqualTo(source).hasSameHashCodeAs(source);
    assertThat(source.toBuilder().memory(8).build()).isNotEqualTo(source);
    assertThat(source.toString()).contains("a", ONE.toString());
  }
}
