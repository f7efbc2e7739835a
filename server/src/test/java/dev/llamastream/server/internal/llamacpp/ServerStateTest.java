package dev.llamastream.server.internal.llamacpp;

import static dev.llamastream.server.internal.openai.OpenAiServer.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.llamastream.fixture.ChatTemplate;
import dev.llamastream.server.RequestDefaults;
import dev.llamastream.server.internal.openai.OpenAiServer;
import java.net.http.HttpResponse;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code /props}, {@code /slots}, {@code /v1/health} and {@code /apply-template}. */
@Timeout(300)
class ServerStateTest {

  private static final String CHAT = "\"messages\": [{\"role\": \"user\", \"content\": \"Hi\"}]";

  private static OpenAiServer server;

  @BeforeAll
  static void start() throws Exception {
    server = OpenAiServer.endless(params -> params);
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static JsonNode get(String path) throws Exception {
    HttpResponse<String> response = server.get(path);
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    return json(response.body());
  }

  @Test
  void props() throws Exception {
    JsonNode props = get("/props");
    assertThat(props.path("total_slots").asInt()).isEqualTo(4);
    assertThat(props.path("model_alias").asText()).isEqualTo(OpenAiServer.MODEL);
    assertThat(props.path("chat_template").asText()).isEqualTo(ChatTemplate.CHATML);
    assertThat(props.path("bos_token").asText()).isEqualTo("<s>");
    assertThat(props.path("eos_token").asText()).isEqualTo("</s>");
    JsonNode defaults = props.path("default_generation_settings");
    assertThat(defaults.path("n_ctx").asInt()).isEqualTo(2048);
    assertThat(defaults.at("/params/temperature").asDouble()).isEqualTo(0.8);
    assertThat(defaults.at("/params/n_predict").asInt()).isEqualTo(-1);
  }

  @Test
  void propsOfAModelWithoutATemplate() throws Exception {
    RequestDefaults given = RequestDefaults.builder().chatTemplate("x").maxTokens(5).build();
    try (OpenAiServer other =
        OpenAiServer.withoutTemplate(params -> params.requestDefaults(given))) {
      JsonNode props = json(other.get("/props").body());
      assertThat(props.path("chat_template").asText()).isEqualTo("x");
      assertThat(props.at("/default_generation_settings/params/n_predict").asInt()).isEqualTo(5);
    }
  }

  @Test
  void slots() throws Exception {
    server.awaitIdle();
    JsonNode idle = get("/slots?fail_on_no_slot=1");
    assertThat(idle).hasSize(4);
    assertThat(idle.get(3).path("id").asInt()).isEqualTo(3);
    assertThat(idle.get(0).path("n_ctx").asInt()).isEqualTo(2048);
    assertThat(busy(idle)).isZero();
  }

  @Test
  void busySlots() throws Exception {
    String ask = "{\"prompt\": [\"a\", \"b\", \"c\", \"d\"], \"stream\": true}";
    try (OpenAiServer working = OpenAiServer.endless(params -> params);
        Stream<String> events = working.events("/completion", ask)) {
      HttpResponse<String> full = null;
      // a full context ends the streams at some time
      for (Iterator<String> rest = events.iterator(); full == null && rest.hasNext(); rest.next()) {
        HttpResponse<String> response = working.get("/slots?fail_on_no_slot=1");
        full = response.statusCode() == 503 ? response : null;
      }
      assertThat(full).isNotNull();
      assertThat(json(full.body()).at("/error/type").asText()).isEqualTo("unavailable_error");
      assertThat(busy(json(working.get("/slots").body()))).isBetween(1L, 4L);
    }
  }

  private static long busy(JsonNode slots) {
    long busy = 0;
    for (JsonNode slot : slots) {
      busy += slot.path("is_processing").asBoolean() ? 1 : 0;
    }
    return busy;
  }

  @Test
  void health() throws Exception {
    assertThat(get("/v1/health").path("status").asText()).isEqualTo("ok");
  }

  @ParameterizedTest
  @CsvSource({"/props", "/slots/0", "/slots/1"})
  void onlyRead(String path) throws Exception {
    HttpResponse<String> response = server.post(path, "{}");
    assertThat(response.statusCode()).isEqualTo(501);
    assertThat(json(response.body()).at("/error/type").asText()).isEqualTo("not_supported_error");
  }

  @Test
  void unknownParameters() throws Exception {
    for (String path : List.of("/props?a=1", "/slots?a=1")) {
      HttpResponse<String> response = server.get(path);
      assertThat(response.statusCode()).isEqualTo(400);
      assertThat(json(response.body()).at("/error/message").asText()).isEqualTo("a: unknown field");
    }
  }

  @Test
  void template() throws Exception {
    HttpResponse<String> response =
        server.post(
            "/apply-template",
            "{" + CHAT + ", \"max_tokens\": 5, \"temperature\": 0, \"stop\": [\"x\"], \"n\": 2}");
    assertThat(json(response.body()).path("prompt").asText())
        .as(response.body())
        .isEqualTo("<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "\"messages\": []; messages: must be a list of at least 1 message",
        "\"x\": 1, " + CHAT + "; x: not supported",
        "\"chat_template\": \"a\", " + CHAT + "; chat_template: not supported",
        "\"temperature\": \"a\", " + CHAT + "; temperature",
      })
  void refusedTemplates(String fields, String message) throws Exception {
    HttpResponse<String> response = server.post("/apply-template", "{" + fields + "}");
    assertThat(response.statusCode()).as(response.body()).isEqualTo(400);
    JsonNode error = json(response.body()).path("error");
    assertThat(error.path("message").asText()).startsWith(message);
    assertThat(error.path("code").asInt()).isEqualTo(400);
  }

  @Test
  void templatesThatRefuse() throws Exception {
    for (String template : List.of("{{ raise_exception('no') }}", "{% for")) {
      RequestDefaults given = RequestDefaults.builder().chatTemplate(template).build();
      try (OpenAiServer other =
          OpenAiServer.withoutTemplate(params -> params.requestDefaults(given))) {
        HttpResponse<String> response = other.post("/apply-template", "{" + CHAT + "}");
        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(json(response.body()).at("/error/code").asInt()).isEqualTo(400);
      }
    }
  }

  @Test
  void noTemplateAtAll() throws Exception {
    try (OpenAiServer other = OpenAiServer.withoutTemplate()) {
      HttpResponse<String> response = other.post("/apply-template", "{" + CHAT + "}");
      assertThat(response.statusCode()).isEqualTo(400);
      assertThat(json(response.body()).at("/error/message").asText()).contains("template");
    }
  }
}
