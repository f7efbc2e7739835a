package dev.llamastream.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llamastream.ContextParams;
import dev.llamastream.ModelParams;
import dev.llamastream.engine.EngineParams;
import dev.llamastream.fixture.ChatTemplate;
import dev.llamastream.fixture.ScriptedModel;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What clients hear while their model is being loaded. */
@Timeout(120)
class SlowLoadTest {

  private static final Path FILE =
      ScriptedModel.of("Hello")
          .gguf()
          .put(ChatTemplate.KEY, ChatTemplate.CHATML)
          .writeShared("slow");

  /** The load waits for this. True lets it succeed, false makes it fail. */
  private final CompletableFuture<Boolean> loading = new CompletableFuture<>();

  private LlamaServer server;

  @BeforeEach
  void start() throws IOException {
    server =
        LlamaServer.start(
            List.of(
                ModelSource.builder("slow", FILE)
                    .modelParams(
                        ModelParams.builder().progressListener(_ -> loading.join()).build())
                    .engineParams(
                        EngineParams.builder()
                            .context(ContextParams.builder().contextSize(512).threads(1).build())
                            .build())
                    .build()),
            ServerParams.builder().port(0).heartbeat(Duration.ofMillis(20)).build());
  }

  @AfterEach
  void close() {
    loading.complete(false);
    server.close();
  }

  /** Each stream: its path, its request, its heartbeat, its text and the error that ends it. */
  private static final String STREAMS =
      """
      /stream|{"prompt": "Hi"}|: still here|"token":"Hello"|event: error
      /v1/completions|{"prompt": "Hi", "stream": true}|: still here|"text":"Hello"|data: {"error":{"message"
      /v1/chat/completions|{"messages": [{"role": "user", "content": "Hi"}], "stream": true}|: still here|"content":"Hello"|data: {"error":{"message"
      /v1/responses|{"input": "Hi", "stream": true}|: still here|"delta":"Hello"|event: error data: {"message"
      /v1/messages|{"messages": [{"role": "user", "content": "Hi"}], "max_tokens": 9, "stream": true}|: still here|"text":"Hello"|event: error data: {"type":"error","error":{"type":"overloaded_error"
      /api/chat|{"model": "slow", "messages": [{"role": "user", "content": "Hi"}]}|' '|"content":"Hello"|{"error":"
      /api/generate|{"model": "slow", "prompt": "Hi"}|' '|"response":"Hello"|{"error":"
      /api/generate|{"model": "slow"}|' '|"done_reason":"load"|{"error":"
      /completion|{"prompt": "Hi", "stream": true}|: still here|"content":"Hello"|data: {"error":{"message"
      """;

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '\'', textBlock = STREAMS)
  void streamsBeginBeforeTheModelIsThere(
      String path, String json, String heartbeat, String text, String unused) throws Exception {
    try (RawHttp http = RawHttp.connect(server.port())) {
      assertThat(http.post(path, json).status()).isEqualTo(200);
      assertThat(http.chunk().strip()).isEqualTo(heartbeat.strip());
      loading.complete(true);
      assertThat(http.chunks()).contains(text);
    }
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '\'', textBlock = STREAMS)
  void aFailedLoadIsTheStreamsError(
      String path, String json, String heartbeat, String unused, String error) throws Exception {
    try (RawHttp http = RawHttp.connect(server.port())) {
      assertThat(http.post(path, json).status()).isEqualTo(200);
      assertThat(http.chunk().strip()).isEqualTo(heartbeat.strip());
      loading.complete(false);
      assertThat(http.chunks().replace('\n', ' '))
          .contains(error)
          .contains("the model slow cannot be loaded");
    }
  }

  @Test
  void whatComesWholeHasItsStatus() throws Exception {
    try (RawHttp streamed = RawHttp.connect(server.port());
        RawHttp whole = RawHttp.connect(server.port())) {
      whole.sendPost("/v1/completions", "{\"prompt\": \"Hi\"}");
      assertThat(streamed.post("/stream", "{\"prompt\": \"Hi\"}").status()).isEqualTo(200);
      loading.complete(false);
      assertThat(whole.head().status()).isEqualTo(503);
    }
  }

  @Test
  void clientsThatDisconnectDoNotUseTheModel() throws Exception {
    try (RawHttp http = RawHttp.connect(server.port())) {
      assertThat(http.post("/stream", "{\"prompt\": \"Hi\"}").status()).isEqualTo(200);
    }
    try (RawHttp http = RawHttp.connect(server.port())) {
      TestServer.await(
          () -> metrics().contains("llamastream_model_requests_waiting{model=\"slow\"} 0"));
      loading.complete(true);
      assertThat(http.post("/v1/completions", "{\"prompt\": \"Hi\"}").body()).contains("Hello");
    }
  }

  private String metrics() {
    try (RawHttp http = RawHttp.connect(server.port())) {
      return http.get("/metrics").body();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
