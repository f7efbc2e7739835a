package dev.llamastream.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.llamastream.fixture.ScriptedModel;
import dev.llamastream.fixture.TinyModel;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class StreamHandlerTest {

  private static final ScriptedModel SCRIPT =
      ScriptedModel.of("Hel", "lo \"", "\u00fc", "\n", "\ud83d\ude00", "end");

  private static final String LONG = "{\"prompt\": \"%s\", \"max_tokens\": 1}";

  private static TestServer endless;

  @BeforeAll
  static void start() throws IOException {
    endless = TestServer.start();
  }

  @AfterAll
  static void stop() {
    endless.close();
  }

  @Test
  void sendsAFrameForEachPiece() throws Exception {
    try (TestServer server = TestServer.start(SCRIPT.path());
        RawHttp http = server.connect()) {
      RawHttp.Response head =
          http.post("/stream", "{\"prompt\": \"Say:\", \"max_tokens\": 100, \"temperature\": 0}");

      assertThat(head.status()).isEqualTo(200);
      assertThat(head.headers())
          .containsEntry("Content-Type", "text/event-stream; charset=utf-8")
          .containsEntry("Cache-Control", "no-cache")
          .containsEntry("X-Accel-Buffering", "no")
          .doesNotContainKey("Access-Control-Allow-Origin");
      List<String> texts = List.of("Hel", "lo \\\"", "\u00fc", "\\n", "\ud83d\ude00", "end");
      for (int i = 0; i < texts.size(); i++) {
        assertThat(http.chunk())
            .isEqualTo(
                String.format(
                    Locale.ROOT,
                    "id: %2$d\ndata: {\"token\":\"%1$s\",\"index\":%2$d,\"done\":false}\n\n",
                    texts.get(i),
                    i));
      }
      String last = http.chunk();
      assertThat(last)
          .startsWith(
              "id: 6\ndata:"
                  + " {\"token\":\"\",\"index\":6,\"done\":true,\"finish_reason\":\"end_of_text\",\"stats\":{")
          .endsWith("}}\n\n");
      JsonNode stats =
          new ObjectMapper().readTree(last.substring("id: 6\ndata: ".length())).get("stats");
      assertThat(stats.get("prompt_tokens").asInt()).isPositive();
      assertThat(stats.get("generated_tokens").asInt()).isEqualTo(6);
      assertThat(stats.get("characters").asInt()).isEqualTo(13);
      assertThat(stats.get("elapsed_ms").asDouble()).isPositive();
      assertThat(http.chunk()).isEmpty();

      // the connection can be used again
      assertThat(http.get("/health").status()).isEqualTo(200);
    }
  }

  @Test
  void servesEventSource() throws Exception {
    try (TestServer server = TestServer.start(SCRIPT.path());
        RawHttp http = server.connect()) {
      RawHttp.Response head =
          http.get(
              "/stream?prompt=Say%3A&max_tokens=9&temperature=0&stop=xyz&stop=end&dry.multiplier=0");

      assertThat(head.status()).isEqualTo(200);
      assertThat(http.chunks())
          .contains("\"Hel\"", "\"finish_reason\":\"stop_sequence\"")
          .doesNotContain("\"end\"");
    }
  }

  /** A browser's EventSource does not give up otherwise. */
  @Test
  void doesNotGenerateAgainForWhoConnectsAgain() throws Exception {
    try (RawHttp http = endless.connect()) {
      assertThat(http.get("/stream?prompt=Once", "Last-Event-ID: 7").status()).isEqualTo(204);
      // one that has had no event yet has no id
      assertThat(http.get("/stream?prompt=Once&max_tokens=1", "Last-Event-ID: ").status())
          .isEqualTo(200);
      assertThat(http.chunks()).contains("\"done\":true");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "temperature=.7&top_p=9e-1&min_p=1e-7&max_tokens=1e1",
        "temperature=+0.7&top_p=1.&n_predict=10&top_k=-1&seed=-1",
        "stop=&mirostat=2&mirostat_tau=4&xtc_probability=0&dry_multiplier=0&max_tokens=10",
      })
  void takesNumbersAsTheyAreWritten(String query) throws Exception {
    try (RawHttp http = endless.connect()) {
      RawHttp.Response head = http.get("/stream?prompt=a&" + query.replace("+", "%2B"));
      assertThat(head.status()).as(head.body()).isEqualTo(200);
      assertThat(http.chunks()).contains("\"generated_tokens\":10");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"close", "keep-alive"})
  void sendsNoChunksToWhoKnowsNone(String connection) throws Exception {
    try (RawHttp http = endless.connect()) {
      http.write(
          String.format(
              Locale.ROOT,
              "GET /stream?prompt=Once&max_tokens=3 HTTP/1.0\r\nHost: localhost\r\nConnection: %s\r\n\r\n",
              connection));
      assertThat(http.head().headers()).doesNotContainKey("Transfer-Encoding");
      assertThat(http.readAll())
          .startsWith("id: 0\ndata: {\"token\":")
          .contains("\"index\":3,\"done\":true")
          .endsWith("}\n\n");
    }
  }

  @Test
  void continuesTokensAsWellAsText() throws Exception {
    try (TestServer server = TestServer.start(SCRIPT.path());
        RawHttp http = server.connect()) {
      http.post(
          "/stream",
          String.format(
              Locale.ROOT,
              "{\"prompt\": [%d], \"max_tokens\": 2, \"temperature\": 0}",
              SCRIPT.token(3)));

      assertThat(http.chunks()).contains("\ud83d\ude00", "\"end\"", "max_tokens");
    }
  }

  @Test
  void echoesThePromptWhenAsked() throws Exception {
    try (TestServer server = TestServer.start(SCRIPT.path());
        RawHttp http = server.connect()) {
      http.post("/stream", "{\"prompt\": \"Say:\", \"max_tokens\": 1, \"echo\": true}");

      assertThat(http.chunk()).contains("\"token\":\"Say:\"");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{}|prompt: missing, must be a text",
        "{\"prompt\":5}|prompt: 5, must be a text",
        "{\"prompt\":[\"a\"]}|prompt: \"a\", must be a token id",
        "{\"prompt\":[]}|prompt: no tokens, must have at least 1",
        "{\"prompt\":[123456789]}|prompt",
        "{\"prompt\":\"a\",\"max_tokens\":-2}|max_tokens: -2, must be in [0, 2147483647]",
        "{\"prompt\":\"a\",\"max_tokens\":1.5}|max_tokens: 1.5, must be a whole number",
        "{\"prompt\":\"a\",\"max_tokens\":\"7\"}|max_tokens: \"7\", must be a whole number",
        "{\"prompt\":\"a\",\"max_tokens\":1e99}|max_tokens: 1.0E99, must be in",
        "{\"prompt\":\"a\",\"temperature\":-1}|temperature: -1.0, must be in [0.0, 100.0]",
        "{\"prompt\":\"a\",\"temperature\":1e999}|temperature",
        "{\"prompt\":\"a\",\"top_k\":-2}|top_k: -2, must be in [0, 2147483647]",
        "{\"prompt\":\"a\",\"top_p\":1.1}|top_p: 1.1, must be in [0.0, 1.0]",
        "{\"prompt\":\"a\",\"min_p\":\"x\"}|min_p: \"x\", must be a number",
        "{\"prompt\":\"a\",\"typical_p\":2}|typical_p: 2.0, must be in [0.0, 1.0]",
        "{\"prompt\":\"a\",\"repeat_penalty\":0}|repeat_penalty: 0.0, must be in [0.01, 100.0]",
        "{\"prompt\":\"a\",\"frequency_penalty\":101}|frequency_penalty: 101.0, must be in"
            + " [-100.0, 100.0]",
        "{\"prompt\":\"a\",\"presence_penalty\":101}|presence_penalty: 101.0, must be in [-100.0, 100.0]",
        "{\"prompt\":\"a\",\"penalty_last_n\":-2}|penalty_last_n: -2, must be in [0, 1048576]",
        "{\"prompt\":\"a\",\"seed\":4294967295}|seed: 4294967295, must be in [-1, 4294967294]",
        "{\"prompt\":\"a\",\"mirostat\":3}|mirostat: 3, must be in [0, 2]",
        "{\"prompt\":\"a\",\"mirostat\":true}|mirostat: true, must be a whole number",
        "{\"prompt\":\"a\",\"mirostat\":[]}|mirostat: [], must be an object",
        "{\"prompt\":\"a\",\"dry\":0.5}|dry: 0.5, must be an object",
        "{\"prompt\":\"a\",\"xtc\":0}|xtc: 0, must be an object",
        "{\"prompt\":\"a\",\"dry_multiplier\":-1}|dry_multiplier: -1.0, must be in [0.0, 100.0]",
        "{\"prompt\":\"a\",\"xtc_threshold\":2}|xtc_threshold: 2.0, must be in [0.0, 1.0]",
        "{\"prompt\":\"a\",\"n_predict\":-2}|n_predict: -2, must be in [0, 2147483647]",
        "{\"prompt\":\"a\",\"ignore_eos\":1}|ignore_eos: 1, must be true or false",
        "{\"prompt\":\"a\",\"json_schema\":[]}|json_schema: must be a JSON object",
        "{\"prompt\":\"a\",\"json_schema\":{\"type\":\"unheard of\"}}|json_schema: ",
        "{\"prompt\":\"a\",\"json_schema\":{},\"grammar\":\"root ::= [a]\"}|grammar: not together",
        "{\"prompt\":\"a\",\"tools\":[]}|tools: unknown field",
        "{\"prompt\":\"a\",\"messages\":[]}|messages: must be a list of at least 1 message",
        "{\"messages\":[{\"role\":\"user\",\"content\":\"a\"}],\"prompt\":\"a\"}|prompt: unknown field",
        "{\"messages\":[{\"role\":\"user\",\"content\":\"a\"}],\"echo\":true}|echo: unknown field",
        "{\"prompt\":\"a\",\"seed\":9007199254740993}|seed: 9007199254740993, must be in",
        "{\"prompt\":\"a\",\"seed\":99999999999999999999}|seed: 99999999999999999999, must",
        "{\"prompt\":\"a\",\"mirostat\":{\"version\":3}}|mirostat.version: 3, must be in [0, 2]",
        "{\"prompt\":\"a\",\"mirostat\":{\"tau\":-1}}|mirostat.tau: -1.0, must be in [0.0, 100.0]",
        "{\"prompt\":\"a\",\"mirostat\":{\"eta\":2}}|mirostat.eta: 2.0, must be in [0.0, 1.0]",
        "{\"prompt\":\"a\",\"mirostat\":{\"rho\":2}}|mirostat.rho: unknown field",
        "{\"prompt\":\"a\",\"dry\":{\"multiplier\":-1}}|dry.multiplier: -1.0, must be in [0.0, 100.0]",
        "{\"prompt\":\"a\",\"dry\":{\"base\":0}}|dry.base: 0.0, must be in [1.0, 100.0]",
        "{\"prompt\":\"a\",\"dry\":{\"allowed_length\":-1}}|dry.allowed_length: -1, must be in",
        "{\"prompt\":\"a\",\"dry\":{\"last_n\":-2}}|dry.last_n: -2, must be in",
        "{\"prompt\":\"a\",\"dry\":{\"breakers\":[\"\"]}}|dry.breakers: each must be a text of",
        "{\"prompt\":\"a\",\"xtc\":{\"probability\":2}}|xtc.probability: 2.0, must be in [0.0, 1.0]",
        "{\"prompt\":\"a\",\"xtc\":{\"threshold\":2}}|xtc.threshold: 2.0, must be in [0.0, 1.0]",
        "{\"prompt\":\"a\",\"repetition_penalty\":0}|repetition_penalty: 0.0, must be in",
        "{\"prompt\":\"a\",\"dry_allowed_length\":-1}|dry_allowed_length: -1, must be in [0,",
        "{\"prompt\":\"a\",\"mirostat_tau\":-1}|mirostat_tau: -1.0, must be in [0.0, 100.0]",
        "{\"prompt\":\"a\",\"dry_sequence_breakers\":[\"\"]}|dry_sequence_breakers: each must",
        "{\"prompt\":\"a\",\"repeat_last_n\":1048577}|repeat_last_n: 1048577, must be in",
        "{\"prompt\":\"a\",\"top_k\":2147483648}|top_k: 2147483648, must be in [-2147483648,",
        "{\"prompt\":\"a\",\"temperature\":1e300}|temperature: ",
        "{\"prompt\":\"a\",\"top_n_sigma\":-2}|top_n_sigma: -2.0, must be in [0.0, 100.0]",
        "{\"prompt\":\"a\",\"logit_bias\":{\"x\":1}}|logit_bias.x: not a token id",
        "{\"prompt\":\"a\",\"logit_bias\":{\"5\":true}}|logit_bias.5: true, must be a number",
        "{\"prompt\":\"a\",\"logit_bias\":{\"5\":10001}}|logit_bias.5: 10001.0, must be in"
            + " [-10000.0, 10000.0]",
        "{\"prompt\":\"a\",\"logit_bias\":{\"99999999\":1}}|logit_bias",
        "{\"prompt\":\"a\",\"grammar\":\"root ::= (\"}|grammar",
        "{\"prompt\":\"a\",\"stop\":[1]}|stop: 1, must be a text",
        "{\"prompt\":\"a\",\"timeout\":-1}|timeout: PT-1S, must be in",
        "{\"prompt\":\"a\",\"echo\":1}|echo: 1, must be true or false",
        "{\"prompt\":\"a\",\"max_token\":1}|max_token: unknown field",
        "{\"prompt\":\"a\",\"prompt\":\"b\"}|not JSON: the field prompt is there twice, line 1,",
        "{\"prompt\":\"a\"} x|not JSON, line 1, column 16",
        "[1]|not a JSON object",
        "|not a JSON object",
      })
  void namesTheFieldThatMakesNoSense(String body, String message) throws Exception {
    try (RawHttp http = endless.connect()) {
      RawHttp.Response response =
          http.request(
              "POST",
              "/stream",
              body == null ? " " : body,
              "Content-Type: application/json; charset=utf-8");

      assertThat(response.status()).isEqualTo(400);
      JsonNode error = new ObjectMapper().readTree(response.body()).get("error");
      assertThat(error.get("message").asText()).startsWith(message);
      assertThat(error.get("type").asText()).isEqualTo("invalid_request_error");
      assertThat(error.get("code").asText()).isNotEmpty();
    }
  }

  @Test
  void takesAPromptAsLongAsTheContext() throws Exception {
    String[] halves =
        IntStream.iterate(2, n -> n <= 1024, n -> 2 * n)
            .mapToObj("x"::repeat)
            .toArray(String[]::new);
    try (TestServer server = TestServer.start(TinyModel.defaults().withPieces(halves).path());
        RawHttp http = server.connect()) {
      String body = String.format(Locale.ROOT, LONG, "x".repeat(500_000));
      http.post("/stream", body);
      assertThat(http.chunks()).contains("\"finish_reason\":\"max_tokens\"");
      RawHttp.Response late =
          http.post("/stream", body.replace("\"max_tokens\"", "\"timeout\": 1e-9, \"max_tokens\""));
      assertThat(late.status()).isEqualTo(408);
      assertThat(late.body()).contains("\"code\":\"timeout\"");
      http.post("/stream", body);
      assertThat(http.chunks()).contains("\"finish_reason\":\"max_tokens\"");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {20_000, 1_000_000})
  void refusesAPromptThatIsTooLong(int characters) throws Exception {
    try (RawHttp http = endless.connect()) {
      RawHttp.Response response =
          http.post("/stream", String.format(Locale.ROOT, LONG, "x".repeat(characters)));
      assertThat(response.status()).isEqualTo(400);
      JsonNode error = new ObjectMapper().readTree(response.body()).get("error");
      assertThat(error.get("code").asText()).isEqualTo("context_length_exceeded");
      assertThat(error.get("param").asText()).isEqualTo("prompt");
    }
  }

  @Test
  void keepsASilentStreamAlive() throws Exception {
    HeldEngine held = new HeldEngine();
    try (TestServer server =
            TestServer.start(
                params -> params, params -> params.heartbeat(Duration.ofMillis(20)), held);
        RawHttp http = server.connect()) {
      held.hold();
      http.post("/stream", "{\"prompt\":\"a\",\"max_tokens\":1}");

      assertThat(http.chunk()).isEqualTo(": still here\n\n");
      assertThat(http.chunk()).isEqualTo(": still here\n\n");
      held.release();
      assertThat(http.chunks()).contains("\"finish_reason\":\"max_tokens\"");
    }
  }
}
