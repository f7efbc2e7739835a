package dev.llamastream.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.llamastream.InvalidValueException;
import dev.llamastream.Model;
import dev.llamastream.SamplerParams;
import dev.llamastream.engine.Engine;
import dev.llamastream.fixture.BuilderShape;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@link RequestDefaults}, and that they reach every form of a request. */
@Timeout(60)
class RequestDefaultsTest {

  private static final RequestDefaults THREE_TOKENS =
      RequestDefaults.builder().maxTokens(3).build();

  private static final String TEXT = "\"prompt\":\"Hi\"";
  private static final String CHAT = "\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]";
  private static final String FORMS =
      """
      /stream              | "prompt":"Hi"
      /stream              | "messages":[{"role":"user","content":"Hi"}]
      /v1/completions      | "prompt":"Hi"
      /v1/chat/completions | "messages":[{"role":"user","content":"Hi"}]
      """;

  private static TestServer server;

  @BeforeAll
  static void start() throws IOException {
    server = TestServer.start(params -> params.requestDefaults(THREE_TOKENS));
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = FORMS)
  void reachPosts(String path, String asked) throws Exception {
    try (RawHttp http = server.connect()) {
      assertThat(answer(http.post(path, "{" + asked + "}"), http)).containsPattern(tokens(3));
      assertThat(answer(http.post(path, "{" + asked + ",\"max_tokens\":4}"), http))
          .containsPattern(tokens(4));
    }
  }

  private static String answer(RawHttp.Response response, RawHttp http) throws IOException {
    assertThat(response.status()).as(response.body()).isEqualTo(200);
    return response.body().isEmpty() ? http.chunks() : response.body();
  }

  /** As the server's own form or OpenAI's tells it. */
  private static String tokens(int n) {
    return String.format(Locale.ROOT, "(generated|completion)_tokens\":%d,", n);
  }

  @Test
  void reachQueries() throws Exception {
    try (RawHttp http = server.connect()) {
      assertThat(answer(http.get("/stream?prompt=Hi"), http)).containsPattern(tokens(3));
      assertThat(answer(http.get("/stream?prompt=Hi&max_tokens=4"), http))
          .containsPattern(tokens(4));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {TEXT, CHAT})
  void reachWebSockets(String asked) throws Exception {
    try (RawWebSocket socket = server.webSocket()) {
      socket.send("{" + asked + "}");
      assertThat(generated(socket)).isEqualTo(3);
      socket.send("{" + asked + ",\"max_tokens\":4}");
      assertThat(generated(socket)).isEqualTo(4);
    }
  }

  private static int generated(RawWebSocket socket) throws IOException {
    JsonNode message = socket.message();
    while (message.path("type").asText().equals("token")) {
      message = socket.message();
    }
    return message.at("/stats/generated_tokens").asInt();
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = FORMS)
  void reachLocalRequests(String path, String asked) {
    try (Model model = Model.load(TestServer.ENDLESS);
        Engine engine = Engine.open(model);
        LocalApi api = LocalApi.open(engine, model, "", THREE_TOKENS)) {
      assertThat(api.post(path, "{" + asked + "}").join().json())
          .contains("\"completion_tokens\":3,");
      assertThat(api.post(path, "{" + asked + ",\"max_tokens\":4}").join().json())
          .contains("\"completion_tokens\":4,");
    }
  }

  @Test
  void areKeptCopiedAndCompared() {
    BuilderShape.check(
        RequestDefaults::builder,
        Map.of(
            "sampler",
            SamplerParams.greedy(),
            "stopSequences",
            List.of("stop"),
            "maxTokens",
            3,
            "systemMessage",
            "x",
            "chatTemplate",
            "x"));
  }

  @Test
  void areChecked() {
    RequestDefaults.Builder builder = RequestDefaults.builder();

    assertThatThrownBy(() -> builder.maxTokens(-2).build())
        .isInstanceOf(InvalidValueException.class)
        .hasMessage("maxTokens: -2, must be in [-1, 2^31 - 1]");
    builder.maxTokens(Integer.MAX_VALUE);
    assertThatThrownBy(() -> builder.stopSequences(List.of("")).build())
        .isInstanceOf(InvalidValueException.class)
        .hasMessageContaining("stopSequences");
    builder.stopSequences(List.of());
    assertThatThrownBy(() -> builder.chatTemplate("x".repeat(1 << 19)).build())
        .isInstanceOf(InvalidValueException.class)
        .hasMessageContaining("template");
    assertThatThrownBy(() -> builder.chatTemplate(null).build())
        .isInstanceOf(NullPointerException.class)
        .hasMessage("chatTemplate");
    builder.chatTemplate("");
    assertThatThrownBy(() -> builder.systemMessage(null).build())
        .isInstanceOf(NullPointerException.class)
        .hasMessage("systemMessage");
    builder.systemMessage("");
    assertThatThrownBy(() -> builder.sampler(null).build())
        .isInstanceOf(NullPointerException.class)
        .hasMessage("sampler");
    assertThatThrownBy(() -> ServerParams.builder().requestDefaults(null).build())
        .isInstanceOf(NullPointerException.class)
        .hasMessage("requestDefaults");
  }
}
