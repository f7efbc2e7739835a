package dev.llamastream.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llamastream.ContextParams;
import dev.llamastream.Model;
import dev.llamastream.engine.Engine;
import dev.llamastream.engine.EngineParams;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LocalApiTest {

  private static final String ENDLESS_CHAT =
      "{\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}";

  private final Model model = Model.load(TestServer.ENDLESS);
  private final Engine engine =
      Engine.open(
          model,
          EngineParams.builder()
              .context(ContextParams.builder().contextSize(8192).threads(1).build())
              .build());
  private final LocalApi api = LocalApi.open(engine, model, "tiny");

  @AfterEach
  void close() {
    api.close();
    engine.close();
    model.close();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          /stream | {"prompt":"Hi","max_tokens":3} | {"text":" | "finish_reason":"max_tokens","usage":{"prompt_tokens":3,"completion_tokens":3,"total_tokens":6}}
          /stream | {"messages":[{"role":"user","content":"Hi"}],"max_tokens":3} | {"text":" | "completion_tokens":3
          /v1/completions | {"prompt":"Hi","max_tokens":3} | "object":"text_completion" | "completion_tokens":3
          /v1/chat/completions | {"messages":[{"role":"user","content":"Hi"}],"max_tokens":3} | "model":"tiny" | "finish_reason":"length"
          /v1/embeddings | {"input":"Hi"} | "object":"embedding" | "prompt_tokens":
          """)
  void answersLikeTheServer(String path, String body, String part, String otherPart) {
    LocalApi.Response response = api.post(path, body).join();

    assertThat(response.json()).contains(part, otherPart).doesNotContain("\n");
    assertThat(response.status()).isEqualTo(200);
    assertThat(api.has(path)).isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          /v1/chat/completions | {"messages":[]} | 400 | messages
          /v1/chat/completions | {"messages":[{"role":"user","content":"Hi"}],"stream":true} | 400 | stream: true
          /v1/completions | {"prompt":"Hi","temperature":-1} | 400 | temperature: -1
          /stream | {"prompt":"Hi","colour":1} | 400 | colour
          /stream | {} | 400 | prompt
          /stream | {"prompt | 400 | not JSON
          /v1/images | {} | 404 | nothing
          """)
  void aFailureIsAResponse(String path, String body, int status, String named) {
    LocalApi.Response response = api.post(path, body).join();

    assertThat(response.json()).startsWith("{\"error\":{\"message\":").contains(named);
    assertThat(response.status()).isEqualTo(status);
  }

  @Test
  void cancelEndsTheStream() {
    CompletableFuture<LocalApi.Response> response = api.post("/v1/chat/completions", ENDLESS_CHAT);
    TestServer.await(() -> engine.snapshot().running() == 1);

    response.cancel(false);

    TestServer.await(() -> TestServer.total(engine.snapshot()) == 0);
    assertThatThrownBy(response::join).isInstanceOf(CancellationException.class);
  }

  @Test
  void closeEndsWhatRuns() {
    CompletableFuture<LocalApi.Response> response = api.post("/stream", ENDLESS_CHAT);
    TestServer.await(() -> engine.snapshot().running() == 1);

    api.close();

    assertThat(response.handle((reply, failure) -> failure != null || reply.status() == 503).join())
        .isTrue();
  }

  @Test
  void aClosedEngineIsAResponse() {
    engine.close();

    assertThat(api.post("/stream", ENDLESS_CHAT).join().status()).isEqualTo(503);
  }

  @Test
  void embeddingsNeedNoEngine() {
    try (LocalApi embeddings = LocalApi.embeddings(model, "")) {
      assertThat(embeddings.has("/v1/embeddings")).isTrue();
      assertThat(embeddings.has("/v1/rerank")).isTrue();
      assertThat(embeddings.has("/stream")).isFalse();
      assertThat(embeddings.post("/v1/embeddings", "{\"input\":\"Hi\"}").join().status())
          .isEqualTo(200);
    }
  }
}
