package dev.llamastream.server.internal.anthropic;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.llamastream.fixture.ChatTemplate;
import dev.llamastream.fixture.ScriptedModel;
import dev.llamastream.server.RawHttp;
import dev.llamastream.server.TestServer;
import dev.llamastream.server.internal.json.Json;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code /v1/messages}, whole and as events. */
@Timeout(300)
class MessagesTest {

  private static final String PATH = "/v1/messages";
  private static final String HI = "\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]";
  private static final String TOOLS =
      """
      "tools":[{"name":"get_weather","input_schema":{"type":"object","properties":{"city":{"enum":["Paris"]}},
      "required":["city"]}}]""";
  private static final String THINKING = "\"thinking\":{\"type\":\"adaptive\"}";

  private static TestServer talking;
  private static TestServer calling;

  @BeforeAll
  static void start() throws IOException {
    talking = say("Hello", " wor", "ld", "!!", " Bye");
    calling =
        say(
            "<think>\n",
            "Let me",
            " see.",
            "</think>\n\n",
            "<tool_call>\n{\"name\": \"get_weather\", ",
            "\"arguments\": {\"city\": ",
            "\"Paris\"}}",
            "\n</tool_call>");
  }

  private static TestServer say(String... pieces) throws IOException {
    return TestServer.start(
        ScriptedModel.of(pieces)
            .gguf()
            .put(ChatTemplate.KEY, ChatTemplate.qwen3())
            .writeShared("anthropic"),
        params -> params.modelName("tiny"));
  }

  @AfterAll
  static void stop() {
    talking.close();
    calling.close();
  }

  private static RawHttp.Response post(TestServer server, String path, String fields)
      throws IOException {
    try (RawHttp http = server.connect()) {
      return http.post(path, "{" + fields + "}");
    }
  }

  private static ObjectNode ask(TestServer server, String fields) throws IOException {
    RawHttp.Response response = post(server, PATH, HI + ",\"max_tokens\":100," + fields);
    assertThat(response.status()).as(response.body()).isEqualTo(200);
    return Json.readObject(response.body());
  }

  /** The data of the events, whose names are the same as their types. */
  private static List<ObjectNode> events(TestServer server, String fields) throws IOException {
    try (RawHttp http = server.connect()) {
      String body = "{" + HI + ",\"max_tokens\":100,\"stream\":true," + fields + "}";
      RawHttp.Response head = http.post(PATH, body);
      assertThat(head.status()).as(head.body()).isEqualTo(200);
      assertThat(head.headers().get("Content-Type")).startsWith("text/event-stream");
      assertThat(head.headers().get("request-id")).startsWith("req_");
      List<ObjectNode> events = new ArrayList<>();
      for (String event : http.chunks().split("\n\n")) {
        String[] lines = event.split("\n");
        assertThat(lines).hasSize(2);
        ObjectNode data = Json.readObject(lines[1].substring("data: ".length()));
        assertThat(lines[0]).isEqualTo("event: " + data.path("type").asText());
        events.add(data);
      }
      return events;
    }
  }

  private static String content(ObjectNode message) {
    return Json.write(message.get("content"));
  }

  @Test
  void anAnswer() throws IOException {
    ObjectNode message = ask(talking, "\"model\":\"tiny\"");
    assertThat(message.path("id").asText()).matches("msg_[0-9a-f]{32}");
    assertThat(message.path("type").asText()).isEqualTo("message");
    assertThat(message.path("role").asText()).isEqualTo("assistant");
    assertThat(message.path("model").asText()).isEqualTo("tiny");
    assertThat(content(message)).isEqualTo("[{\"type\":\"text\",\"text\":\"Hello world!! Bye\"}]");
    assertThat(message.path("stop_reason").asText()).isEqualTo("end_turn");
    assertThat(message.get("stop_sequence").isNull()).isTrue();
    assertThat(message.at("/usage/output_tokens").asInt()).isEqualTo(5);
  }

  @Test
  void anAnswerAsEvents() throws IOException {
    List<ObjectNode> events = events(talking, "\"stop_sequences\":[\"never\"]");
    assertThat(events)
        .extracting(event -> event.path("type").asText())
        .containsExactly(
            "message_start",
            "ping",
            "content_block_start",
            "content_block_delta",
            "content_block_delta",
            "content_block_delta",
            "content_block_delta",
            "content_block_delta",
            "content_block_stop",
            "message_delta",
            "message_stop");
    ObjectNode start = events.getFirst();
    assertThat(start.at("/message/content")).isEmpty();
    assertThat(start.at("/message/stop_reason").isNull()).isTrue();
    assertThat(start.at("/message/usage/input_tokens").asInt()).isPositive();
    assertThat(Json.write(events.get(2)))
        .isEqualTo(
            "{\"type\":\"content_block_start\",\"index\":0,\"content_block\":{\"type\":\"text\",\"text\":\"\"}}");
    assertThat(Json.write(events.get(3)))
        .isEqualTo(
            "{\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":\"Hello\"}}");
    ObjectNode end = events.get(9);
    assertThat(Json.write(end.get("delta")))
        .isEqualTo("{\"stop_reason\":\"end_turn\",\"stop_sequence\":null}");
    assertThat(end.at("/usage/output_tokens").asInt()).isEqualTo(5);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          "max_tokens":2 | max_tokens | null | Hello wor
          "max_tokens":9,"stop_sequences":["never","ld!"] | stop_sequence | "ld!" | Hello wor
          "max_tokens":9,"stop_sequences":["never"] | end_turn | null | Hello world!! Bye
          """)
  void stopReasons(String fields, String reason, String sequence, String text) throws IOException {
    ObjectNode message = Json.readObject(post(talking, PATH, HI + "," + fields).body());
    assertThat(message.at("/content/0/text").asText()).isEqualTo(text);
    assertThat(message.path("stop_reason").asText()).isEqualTo(reason);
    assertThat(Json.write(message.get("stop_sequence"))).isEqualTo(sequence);
  }

  @Test
  void withoutTokensOnlyThePromptIsRead() throws IOException {
    ObjectNode message = Json.readObject(post(talking, PATH, HI + ",\"max_tokens\":0").body());
    assertThat(message.get("content")).isEmpty();
    assertThat(message.path("stop_reason").asText()).isEqualTo("max_tokens");
    assertThat(message.at("/usage/output_tokens").asInt()).isZero();
  }

  @Test
  void thinkingAndACall() throws IOException {
    ObjectNode message = ask(calling, THINKING + "," + TOOLS);
    ArrayNode content = (ArrayNode) message.get("content");
    assertThat(Json.write(content.get(0)))
        .isEqualTo(
            "{\"type\":\"thinking\",\"thinking\":\"Let me see.\",\"signature\":\"llamastream\"}");
    assertThat(content.get(1).path("id").asText()).matches("[0-9A-Za-z]{9}");
    assertThat(content.get(1).path("type").asText()).isEqualTo("tool_use");
    assertThat(content.get(1).path("name").asText()).isEqualTo("get_weather");
    assertThat(Json.write(content.get(1).get("input"))).isEqualTo("{\"city\":\"Paris\"}");
    assertThat(content).hasSize(2);
    assertThat(message.path("stop_reason").asText()).isEqualTo("tool_use");
  }

  @Test
  void thinkingAndACallAsEvents() throws IOException {
    List<ObjectNode> events = events(calling, THINKING + "," + TOOLS);
    StringBuilder thinking = new StringBuilder();
    StringBuilder input = new StringBuilder();
    List<String> order = new ArrayList<>();
    for (ObjectNode event : events) {
      String type = event.at("/delta/type").asText();
      thinking.append(event.at("/delta/thinking").asText());
      input.append(event.at("/delta/partial_json").asText());
      String step =
          event.path("type").asText()
              + (event.has("index") ? " " + event.get("index") : "")
              + (type.isEmpty() ? "" : " " + type);
      if (order.isEmpty() || !order.getLast().equals(step)) {
        order.add(step);
      }
    }
    assertThat(order)
        .containsExactly(
            "message_start",
            "ping",
            "content_block_start 0",
            "content_block_delta 0 thinking_delta",
            "content_block_delta 0 signature_delta",
            "content_block_stop 0",
            "content_block_start 1",
            "content_block_delta 1 input_json_delta",
            "content_block_stop 1",
            "message_delta",
            "message_stop");
    assertThat(thinking.toString()).isEqualTo("Let me see.");
    assertThat(Json.readObject(input.toString()))
        .isEqualTo(Json.readObject("{\"city\":\"Paris\"}"));
    assertThat(events.get(events.size() - 2).at("/delta/stop_reason").asText())
        .isEqualTo("tool_use");
  }

  @Test
  void thinkingThatIsNotShown() throws IOException {
    String omitted = "\"thinking\":{\"type\":\"adaptive\",\"display\":\"omitted\"}," + TOOLS;
    ObjectNode block = (ObjectNode) ask(calling, omitted).at("/content/0");
    assertThat(block.path("thinking").asText()).isEmpty();
    assertThat(block.path("signature").asText()).isEqualTo("llamastream");
    List<ObjectNode> events = events(calling, omitted);
    assertThat(events)
        .extracting(event -> event.at("/delta/type").asText())
        .contains("signature_delta", "input_json_delta")
        .doesNotContain("thinking_delta");
  }

  @Test
  void aCallThatIsCutOffIsLeftOut() throws IOException {
    ObjectNode message =
        Json.readObject(
            post(calling, PATH, HI + ",\"max_tokens\":6," + THINKING + "," + TOOLS).body());
    assertThat(message.path("stop_reason").asText()).isEqualTo("max_tokens");
    assertThat(message.get("content")).hasSize(1);
    assertThat(message.at("/content/0/type").asText()).isEqualTo("thinking");
  }

  @Test
  void theResultOfACall() throws IOException {
    ObjectNode first = ask(calling, TOOLS + "," + THINKING);
    String id = first.at("/content/1/id").asText();
    String turns =
        """
        "messages":[{"role":"user","content":"Weather?"},{"role":"assistant","content":%s},
        {"role":"user","content":[{"type":"tool_result","tool_use_id":"%s","content":"Sunny"}]}]
        """
            .formatted(content(first), id);
    RawHttp.Response second = post(calling, PATH, turns + ",\"max_tokens\":1," + TOOLS);
    assertThat(second.status()).as(second.body()).isEqualTo(200);
  }

  @Test
  void tokensFromTheCache() throws IOException {
    String fields = "\"system\":\"Count my tokens, more than once.\"";
    RawHttp.Response counted = post(talking, PATH + "/count_tokens", HI + "," + fields);
    int prompt = Json.readObject(counted.body()).path("input_tokens").asInt();
    assertThat(prompt).isGreaterThan(30);
    ask(talking, fields);
    ObjectNode usage = (ObjectNode) ask(talking, fields).get("usage");
    int cached = usage.path("cache_read_input_tokens").asInt();
    assertThat(cached).isPositive();
    assertThat(cached + usage.path("input_tokens").asInt()).isEqualTo(prompt);
    assertThat(usage.path("cache_creation_input_tokens").asInt()).isZero();
    ObjectNode end = events(talking, fields).reversed().get(1);
    assertThat(end.at("/usage/cache_read_input_tokens").asInt()).isPositive();
  }

  @Test
  void theBeginningOfAnAnswerIsContinued() throws IOException {
    String turns =
        "\"max_tokens\":9,\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"},{\"role\":\"assistant\",\"content\":\"Oh, \"}]";
    RawHttp.Response response = post(talking, PATH, turns);
    assertThat(Json.readObject(response.body()).at("/content/0/text").asText())
        .as(response.body())
        .isEqualTo("Hello world!! Bye");
  }

  @Test
  void jsonByASchema() throws IOException {
    try (TestServer server = say("{\"city\": ", "\"Paris\"}")) {
      ObjectNode message =
          ask(
              server,
              """
              "output_config":{"format":{"type":"json_schema","schema":{"type":"object",
              "properties":{"city":{"type":"string"}},"required":["city"]}}}""");
      assertThat(message.at("/content/0/text").asText()).isEqualTo("{\"city\": \"Paris\"}");
    }
  }

  @Test
  void aClientThatLeavesCancelsItsStream() throws IOException {
    try (TestServer server = TestServer.start(TestServer.ENDLESS)) {
      try (RawHttp http = server.connect()) {
        http.post(PATH, "{" + HI + ",\"max_tokens\":2000000,\"stream\":true}");
        assertThat(http.chunk()).startsWith("event: message_start\n");
      }
      server.awaitIdle();
      try (RawHttp http = server.connect()) {
        http.sendPost(PATH, "{" + HI + ",\"max_tokens\":2000000}");
      }
      server.awaitIdle();
    }
  }
}
