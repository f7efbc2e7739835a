package dev.llamastream.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutorCompletionService;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class HttpTest {

  private static TestServer server;

  @BeforeAll
  static void start() throws IOException {
    server =
        TestServer.start(
            params ->
                params
                    .bodyLimit(10_000)
                    .headerTimeout(Duration.ofMillis(300))
                    .bodyTimeout(Duration.ofMillis(300)));
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @ParameterizedTest
  @CsvSource({
    "GET, /nothing, 404, not_found",
    "GET, /stream/x, 404, not_found",
    "PUT, /stream, 405, method_not_allowed",
    "DELETE, /health, 405, method_not_allowed",
    "POST, /metrics, 405, method_not_allowed",
    "POST, /stream, 415, unsupported_media_type",
    "GET, /stream, 400, invalid_value",
    "GET, /stream?prompt=a&top_p=x, 400, invalid_value",
    "GET, /stream?prompt=a&what=x, 400, invalid_value",
    "GET, /stream?prompt=a&prompt=b, 400, invalid_value",
  })
  void saysWhyNot(String method, String target, int status, String code) throws Exception {
    try (RawHttp http = server.connect()) {
      RawHttp.Response response = http.request(method, target, "");
      assertThat(response.status()).isEqualTo(status);
      assertThat(response.headers())
          .containsEntry("Content-Type", "application/json")
          .containsEntry("X-Content-Type-Options", "nosniff");
      assertThat(response.body()).startsWith("{\"error\":{\"message\":").contains(code);
    }
  }

  @Test
  void saysWhatIsAllowed() throws Exception {
    try (RawHttp http = server.connect()) {
      assertThat(http.request("PUT", "/stream", "").headers()).containsEntry("Allow", "GET, POST");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"/", "/style.css", "/health", "/metrics", "/v1/models"})
  void tellsAboutAnAnswerWithoutIt(String path) throws Exception {
    try (RawHttp http = server.connect()) {
      RawHttp.Response head = http.request("HEAD", path, "");
      assertThat(head.status()).isEqualTo(200);
      // the next bytes are the next answer's
      RawHttp.Response get = http.get(path);
      assertThat(get.status()).isEqualTo(200);
      assertThat(get.headers()).containsEntry("Content-Type", head.headers().get("Content-Type"));
      assertThat(get.body()).isNotEmpty();
    }
  }

  @Test
  void refusesLongBodies() throws Exception {
    try (RawHttp http = server.connect()) {
      assertThat(http.post("/stream", " ".repeat(10_001)).status()).isEqualTo(413);
    }
    try (RawHttp http = server.connect()) {
      http.write(
          String.join(
              "\r\n",
              "POST /stream HTTP/1.1",
              "Host: localhost",
              "Content-Type: application/json",
              "Transfer-Encoding: chunked",
              "\r\n"));
      http.write("1388\r\n" + " ".repeat(5000) + "\r\n");
      http.write("1389\r\n" + " ".repeat(5001) + "\r\n0\r\n\r\n");
      assertThat(http.head().status()).isEqualTo(413);
      assertThat(http.readAll()).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"/health", "/stream?prompt=a&max_tokens=3", "/style.css"})
  void answersTheFirstOfRequestsThatDoNotWait(String path) throws Exception {
    String request = "GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n";
    try (RawHttp http = server.connect()) {
      http.write(request.repeat(20));
      assertThat(http.readAll()).startsWith("HTTP/1.1 200 OK").containsOnlyOnce("HTTP/1.1");
    }
    try (RawHttp http = server.connect()) {
      http.write(
          request + "POST /nothing HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\n\r\nabc");
      assertThat(http.readAll()).startsWith("HTTP/1.1 200 OK").containsOnlyOnce("HTTP/1.1");
    }
  }

  @Test
  void refusesLongHeads() throws Exception {
    try (RawHttp http = server.connect()) {
      assertThat(http.get("/health", "X: " + "y".repeat(20_000)).status()).isEqualTo(431);
    }
    try (RawHttp http = server.connect()) {
      assertThat(http.get("/health?" + "y".repeat(20_000)).status()).isEqualTo(414);
    }
    try (RawHttp http = server.connect()) {
      http.write("what is this?\r\n\r\n");
      assertThat(http.head().status()).isEqualTo(400);
      assertThat(http.readAll()).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"HTTP/0.9", "HTTP/1.7", "HTTP/2.0", "HTTP/9.9", "SPDY/1.1"})
  void refusesOtherVersionsOfHttp(String version) throws Exception {
    try (RawHttp http = server.connect()) {
      http.write("GET /health " + version + "\r\nHost: localhost\r\n\r\n");
      RawHttp.Response response = http.head();
      assertThat(response.status()).isEqualTo(400);
    }
  }

  @Test
  void closesWhoTakesForeverOverAHead() throws Exception {
    try (RawHttp http = server.connect()) {
      http.write("GET /health HTTP/1.1\r\nHost: local");
      assertThat(http.head().status()).isEqualTo(408);
      assertThat(http.readAll()).isEmpty();
    }
    try (RawHttp http = server.connect()) {
      assertThat(http.readAll()).isEmpty();
    }
  }

  @Test
  void refusesWhoTakesForeverOverABody() throws Exception {
    try (RawHttp http = server.connect()) {
      http.write(
          "POST /stream HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
              + "Content-Length: 100\r\n\r\n{");
      assertThat(http.head().status()).isEqualTo(408);
      assertThat(http.readAll()).isEmpty();
    }
  }

  @Test
  void closesIdleConnections() throws Exception {
    try (TestServer small = TestServer.start(params -> params.idleTimeout(Duration.ofMillis(300)));
        RawHttp first = small.connect()) {
      assertThat(first.get("/health").status()).isEqualTo(200);
      assertThat(first.readAll()).isEmpty();
    }
  }

  @Test
  void saysThatTheEngineIsOverloaded() throws Exception {
    HeldEngine held = new HeldEngine();
    try (TestServer small =
            TestServer.start(params -> params.slots(1).queueCapacity(1), params -> params, held);
        RawHttp running = small.connect();
        RawHttp waiting = small.connect();
        RawHttp refused = small.connect()) {
      held.hold();
      running.post("/stream", "{\"prompt\":\"a\"}");
      held.awaitHeld();
      waiting.post("/stream", "{\"prompt\":\"a\"}");
      RawHttp.Response response = refused.post("/stream", "{\"prompt\":\"a\"}");

      assertThat(response.status()).isEqualTo(429);
      assertThat(response.headers()).containsKey("Retry-After");
      assertThat(Integer.parseInt(response.headers().get("Retry-After"))).isPositive();
      assertThat(refused.get("/health").body()).isEqualTo("{\"status\":\"ok\"}");
      held.release();
      assertThat(running.chunks()).contains("\"done\":true");
      assertThat(waiting.chunks()).contains("\"done\":true");
    }
  }

  @Test
  void limitsTheStreamsThatAreOpen() throws Exception {
    try (TestServer small =
            TestServer.start(params -> params.streamBuffer(2), params -> params.maxStreams(3));
        RawWebSocket parked = small.webSocket();
        RawHttp http = small.connect()) {
      for (int id = 0; id < 3; id++) {
        parked.send(
            String.format(Locale.ROOT, "{\"id\": %d, \"credit\": 0, \"prompt\": \"a\"}", id));
      }
      TestServer.await(() -> small.engine.snapshot().parked() == 3);

      RawHttp.Response refused = http.post("/stream", "{\"prompt\":\"a\"}");
      assertThat(refused.status()).isEqualTo(429);
      assertThat(refused.headers()).containsEntry("Retry-After", "1");

      parked.send("{\"type\": \"cancel\", \"id\": 1}");
      assertThat(parked.message().get("finish_reason").asText()).isEqualTo("cancelled");
      int status;
      do {
        try (RawHttp next = small.connect()) {
          status = next.post("/stream", "{\"prompt\":\"a\"}").status();
        }
      } while (status == 429);
      assertThat(status).isEqualTo(200);
    }
  }

  @Test
  void saysThatTheEngineIsGone() throws Exception {
    try (TestServer fresh = TestServer.start();
        RawHttp http = fresh.connect()) {
      fresh.engine.close();
      RawHttp.Response health = http.get("/health");
      assertThat(health.status()).isEqualTo(503);
      assertThat(health.body()).isEqualTo("{\"status\":\"engine_closed\"}");
      RawHttp.Response refused = http.post("/stream", "{\"prompt\":\"a\"}");
      assertThat(refused.status()).isEqualTo(503);
      assertThat(refused.body()).contains("engine_closed");
    }
  }

  @Test
  void limitsTheTextsThatWaitForEmbeddings() throws Exception {
    // of 9 times 512 texts, which take a minute, 4,096 find room
    String slow = String.format(Locale.ROOT, "\"%s\"", "x".repeat(900));
    String json =
        String.format(
            Locale.ROOT, "{\"input\": [%s]}", String.join(",", Collections.nCopies(512, slow)));
    List<RawHttp> clients = new ArrayList<>();
    ExecutorCompletionService<RawHttp.Response> first =
        new ExecutorCompletionService<>(Thread::startVirtualThread);
    try (TestServer fresh = TestServer.start()) {
      for (int i = 0; i < 9; i++) {
        RawHttp client = fresh.connect();
        clients.add(client);
        first.submit(() -> client.post("/v1/embeddings", json));
      }
      RawHttp.Response refused = first.take().get();
      assertThat(refused.status()).isEqualTo(429);
      assertThat(refused.headers()).containsEntry("Retry-After", "1");

      for (RawHttp client : clients) {
        client.close();
      }
      int status;
      do {
        try (RawHttp next = fresh.connect()) {
          status = next.post("/v1/embeddings", json.replace(slow, "\"x\"")).status();
        }
      } while (status == 429);
      assertThat(status).isEqualTo(200);
    }
  }

  @Test
  void showsMetrics() throws Exception {
    try (TestServer fresh = TestServer.start(params -> params.modelName("tiny"));
        RawHttp http = fresh.connect()) {
      http.post("/stream", "{\"prompt\":\"abc\",\"max_tokens\":5}");
      http.chunks();
      http.get("/nothing/1");
      System.gc(); // metrics that nothing else holds show nothing
      TestServer.await(() -> fresh.metrics.scrape().contains("kind=\"generated\"} 5.0"));
      RawHttp.Response metrics = http.get("/metrics");

      assertThat(metrics.headers().get("Content-Type")).startsWith("text/plain; version=0.0.4");
      assertThat(metrics.body())
          .contains(
              "llamastream_requests_total{route=\"/stream\",status=\"200\"} 1.0",
              "llamastream_requests_total{route=\"other\",status=\"404\"} 1.0",
              "llamastream_time_to_first_token_seconds_bucket{le=",
              "llamastream_time_to_first_token_seconds_count 1",
              "llamastream_inter_token_seconds_count 4",
              "llamastream_streams{state=\"waiting\"} 0.0",
              "llamastream_kv_cells_size 8192.0",
              "llamastream_prefix_store_bytes 0.0",
              "llamastream_prefix_store_tokens_total 0.0",
              "llamastream_connections 1.0",
              "vllm:num_requests_running{model_name=\"tiny\"} 0.0",
              "vllm:num_requests_waiting{model_name=\"tiny\"} 0.0",
              "vllm:num_preemptions_total{model_name=\"tiny\"} 0.0",
              "vllm:prefix_cache_queries_total{model_name=\"tiny\"} 4.0",
              "vllm:prefix_cache_hits_total{model_name=\"tiny\"} 0.0")
          .containsPattern("vllm:kv_cache_usage_perc\\{model_name=\"tiny\"} 9[.]76[0-9]+E-4");
    }
  }

  @Test
  void servesThePage() throws Exception {
    try (RawHttp http = server.connect()) {
      RawHttp.Response page = http.get("/");
      assertThat(page.status()).isEqualTo(200);
      assertThat(page.headers()).containsEntry("Content-Type", "text/html; charset=utf-8");
      assertThat(page.headers().get("Content-Security-Policy"))
          .startsWith("default-src 'none'; script-src 'self';");
      RawHttp.Response again = http.get("/", "If-None-Match: " + page.headers().get("ETag"));
      assertThat(again.status()).isEqualTo(304);
      assertThat(again.body()).isEmpty();
      assertThat(http.get("/app.js").headers())
          .containsEntry("Content-Type", "text/javascript; charset=utf-8");
    }
  }

  @Test
  void saysThatThePortIsTaken() {
    assertThatThrownBy(() -> TestServer.start(params -> params.port(server.port())))
        .isInstanceOf(IOException.class)
        .hasMessage(
            "cannot listen on 127.0.0.1, port %d: the port is taken, or the address is not this"
                + " machine's",
            server.port());
  }
}
