package dev.llamastream.server;

import static dev.llamastream.server.OllamaClient.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.llamastream.fixture.ChatTemplate;
import dev.llamastream.fixture.ScriptedModel;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code /api/chat}. */
@Timeout(300)
class OllamaChatTest {

  private static final String PATH = "/api/chat";
  private static final String HI = "\"messages\": [{\"role\": \"user\", \"content\": \"Hi\"}]";
  private static final String TOOLS =
      """
      "tools": [{"type": "function", "function": {"name": "get_weather", "description": "Weather",
        "parameters": {"type": "object", "properties": {"city": {"type": "string"}},
                       "required": ["city"]}}}]
      """;

  private static OllamaClient talking;
  private static OllamaClient calling;
  private static OllamaClient plain;
  private static OllamaClient endless;

  @BeforeAll
  static void start() throws IOException {
    talking = serve(ChatTemplate.qwen25(), "Hello", " wor", "ld", "!!", " Bye");
    plain = serve(ChatTemplate.CHATML, "Hello");
    calling = new OllamaClient(Saying.THOUGHT_AND_CALL.serve());
    endless = new OllamaClient(TestServer.start(params -> params.modelName("tiny")));
  }

  private static OllamaClient serve(String template, String... pieces) throws IOException {
    Path model =
        ScriptedModel.of(pieces).gguf().put(ChatTemplate.KEY, template).writeShared("ollama");
    return new OllamaClient(TestServer.start(model, params -> params.modelName("tiny")));
  }

  @AfterAll
  static void stop() {
    List.of(talking, calling, plain, endless).forEach(OllamaClient::close);
  }

  private static String joined(List<JsonNode> lines, String part) {
    return lines.stream()
        .map(line -> line.at("/message/" + part).asText())
        .collect(Collectors.joining());
  }

  @Test
  void answersLineByLine() throws Exception {
    List<JsonNode> lines = talking.lines(PATH, HI);
    assertThat(joined(lines, "content")).isEqualTo("Hello world!! Bye");
    assertThat(lines).hasSize(6);
    for (JsonNode line : lines) {
      assertThat(line.path("model").asText()).isEqualTo("tiny");
      assertThat(Instant.parse(line.path("created_at").asText())).isAfter("2020-01-01T00:00:00Z");
      assertThat(line.at("/message/role").asText()).isEqualTo("assistant");
      assertThat(line.path("done").asBoolean()).isEqualTo(line.equals(lines.getLast()));
      assertThat(line.has("done_reason")).isEqualTo(line.equals(lines.getLast()));
    }
    checkEnd(lines.getLast(), "stop", 5);
  }

  private static void checkEnd(JsonNode end, String reason, int tokens) {
    assertThat(end.path("done").asBoolean()).isTrue();
    assertThat(end.path("done_reason").asText()).isEqualTo(reason);
    assertThat(end.path("eval_count").asInt()).isEqualTo(tokens);
    assertThat(end.path("prompt_eval_count").asInt()).isPositive();
    long total = end.path("total_duration").asLong();
    assertThat(total).isPositive();
    assertThat(end.path("eval_duration").asLong()).isBetween(0L, total);
    assertThat(end.path("prompt_eval_duration").asLong()).isBetween(0L, total);
    assertThat(end.path("load_duration").asLong()).isBetween(0L, total);
  }

  @Test
  void answersWhole() throws Exception {
    JsonNode answer = talking.ask(PATH, HI);
    assertThat(answer.path("message"))
        .isEqualTo(json("{\"role\": \"assistant\", \"content\": \"Hello world!! Bye\"}"));
    checkEnd(answer, "stop", 5);
  }

  @Test
  void knowsTheModelWithItsTag() throws Exception {
    String request = "{\"model\": \"Tiny:latest\", \"stream\": false, " + HI + "}";
    assertThat(json(talking.post(PATH, request).body()).path("model").asText())
        .isEqualTo("Tiny:latest");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void callsTools(boolean stream) throws Exception {
    List<JsonNode> lines =
        stream
            ? calling.lines(PATH, HI + ", " + TOOLS)
            : List.of(calling.ask(PATH, HI + ", " + TOOLS));
    assertThat(joined(lines, "thinking")).isEqualTo("Hm.");
    assertThat(joined(lines, "content")).isEmpty();
    List<JsonNode> calls = new ArrayList<>();
    lines.forEach(line -> line.at("/message/tool_calls").forEach(calls::add));
    assertThat(calls).hasSize(1);
    JsonNode function = calls.getFirst().path("function");
    assertThat(function.path("name").asText()).isEqualTo("get_weather");
    assertThat(function.path("index").asInt()).isZero();
    assertThat(function.path("arguments")).isEqualTo(json("{\"city\": \"Paris\"}"));
    checkEnd(lines.getLast(), "stop", 7);
  }

  @Test
  void doesNotSendHalfACall() throws Exception {
    JsonNode answer = calling.ask(PATH, HI + ", \"options\": {\"num_predict\": 5}, " + TOOLS);
    assertThat(answer.path("message").has("tool_calls")).isFalse();
    assertThat(answer.path("done_reason").asText()).isEqualTo("length");
  }

  @Test
  void readsWhatToolsSaid() throws Exception {
    String messages =
        """
        "messages": [{"role": "USER", "content": "Weather?", "images": []},
          {"role": "assistant", "content": "", "thinking": "Hm.", "tool_calls": [
            {"function": {"name": "get_weather", "arguments": {"city": "Paris"}}}]},
          {"role": "tool", "tool_name": "get_weather", "content": "Sunny"}]
        """;
    assertThat(calling.ask(PATH, messages + ", " + TOOLS).path("done").asBoolean()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"true", "\"low\"", "\"high\"", "\"max\"", "false", "null"})
  void thinks(String think) throws Exception {
    JsonNode answer = calling.ask(PATH, HI + ", \"think\": " + think);
    assertThat(answer.path("done").asBoolean()).isTrue();
    boolean off = think.equals("false");
    assertThat(answer.path("message").has("thinking")).isEqualTo(!off);
  }

  @Test
  void refusesToThinkWithAModelThatCannot() throws Exception {
    String request = "{\"model\": \"tiny\", \"think\": true, " + HI + "}";
    assertThat(plain.refused(400, PATH, request)).isEqualTo("\"tiny\" does not support thinking");
    assertThat(plain.ask(PATH, HI + ", \"think\": false").path("done").asBoolean()).isTrue();
  }

  @Test
  void followsAFormat() throws Exception {
    JsonNode yes = endless.ask(PATH, HI + ", \"format\": {\"enum\": [\"yes\"]}");
    assertThat(yes.at("/message/content").asText()).isEqualTo("\"yes\"");
    JsonNode cut =
        endless.ask(PATH, HI + ", \"format\": \"json\", \"options\": {\"num_predict\": 9}");
    assertThat(cut.at("/message/content").asText()).startsWith("{");
    assertThat(endless.ask(PATH, HI + ", \"format\": \"\", \"options\": {\"num_predict\": 1}"))
        .isNotEmpty();
  }

  @Test
  void continuesTheLastMessage() throws Exception {
    String begun =
        "\"messages\": [{\"role\": \"user\", \"content\": \"Hi\"},"
            + "{\"role\": \"assistant\", \"content\": \"Well\"}]";
    int open = plain.ask(PATH, begun).path("prompt_eval_count").asInt();
    String asked = begun.replace("assistant", "user");
    int closed = plain.ask(PATH, asked).path("prompt_eval_count").asInt();
    assertThat(open).isLessThan(closed);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "\"num_predict\": 2; Hello wor; length; 2",
        "\"num_predict\": 0; ''; length; 0",
        "\"num_predict\": -1; Hello world!! Bye; stop; 5",
        "\"num_predict\": -2; Hello world!! Bye; stop; 5",
        "\"stop\": [\"ld\"]; Hello wor; stop; 3",
        "\"stop\": \"!!\"; Hello world; stop; 4",
      })
  void hasLimits(String options, String text, String reason, int tokens) throws Exception {
    JsonNode answer = talking.ask(PATH, HI + ", \"options\": {" + options + "}");
    assertThat(answer.at("/message/content").asText()).isEqualTo(text);
    checkEnd(answer, reason, tokens);
  }

  @Test
  void samplesAsAsked() throws Exception {
    String random = "\"temperature\": 5, \"num_predict\": 20, \"seed\": ";
    String first = text(random + "7");
    assertThat(text(random + "7")).isEqualTo(first);
    assertThat(text(random + "8")).isNotEqualTo(first);
    String greedy = text("\"num_predict\": 20, \"temperature\": 0");
    assertThat(text(random + "7, \"top_k\": 1")).isEqualTo(greedy);
    assertThat(text(random + "7, \"top_p\": 0")).isEqualTo(greedy);
    assertThat(text(random + "7, \"min_p\": 1")).isEqualTo(greedy);
  }

  private static String text(String options) throws Exception {
    return endless
        .ask(PATH, HI + ", \"options\": {" + options + "}")
        .at("/message/content")
        .asText();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"typical_p\": 0.9",
        "\"repeat_penalty\": 1.1",
        "\"repeat_last_n\": -1",
        "\"presence_penalty\": 0.5",
        "\"frequency_penalty\": 0.5",
        "\"mirostat\": 2, \"mirostat_tau\": 4.5, \"mirostat_eta\": 0.2",
        "\"seed\": -1",
        "\"num_ctx\": 2048",
        "\"num_keep\": 4, \"num_batch\": 2, \"num_gpu\": 1, \"main_gpu\": 0, \"num_thread\": 8",
        "\"numa\": false, \"low_vram\": true, \"use_mmap\": true, \"use_mlock\": false",
        "\"penalize_newline\": true, \"tfs_z\": 1.0, \"draft_num_predict\": 4, \"f16_kv\": true",
      })
  void takesOptions(String options) throws Exception {
    JsonNode answer =
        talking.ask(
            PATH, HI + ", \"truncate\": true, \"shift\": false, \"options\": {" + options + "}");
    assertThat(answer.path("done").asBoolean()).isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "\"temperature\": -1; options.temperature: -1",
        "\"temperature\": \"x\"; options.temperature",
        "\"top_k\": -2; options.top_k",
        "\"num_predict\": -3; options.num_predict: -3, must be in [-2, 2147483647]",
        "\"num_ctx\": 100000; options.num_ctx: 100000, must be in [0, 8192]",
        "\"mirostat\": 3; options.mirostat",
        "\"stop\": [1]; options.stop",
        "\"penalize_newline\": false; options.penalize_newline: not supported",
        "\"tfs_z\": 0.5; options.tfs_z: not supported",
        "\"vocab_only\": true; options.vocab_only: not supported",
        "\"rope_frequency_base\": 1e6; options.rope_frequency_base: not supported",
      })
  void refusesOptions(String options, String message) throws Exception {
    String request = "{\"model\": \"tiny\", " + HI + ", \"options\": {" + options + "}}";
    assertThat(talking.refused(400, PATH, request)).startsWith(message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "\"think\": \"much\"; think: \"much\", must be true, false, low, medium, high or max",
        "\"think\": 1; think",
        "\"format\": \"xml\"; format",
        "\"stream\": 1; stream",
        "\"keep_alive\": \"soon\"; keep_alive",
        "\"keep_alive\": true; keep_alive",
        "\"options\": []; options",
        "\"logprobs\": 1; logprobs",
        "\"top_logprobs\": 21; top_logprobs: 21, must be in [0, 20]",
        "\"top_logprobs\": -1; top_logprobs",
        "\"tools\": {}; tools",
        "\"tools\": [{\"function\": {}}]; tools[0].function.name",
        "\"truncate\": 1; truncate",
        "\"messages\": 1; messages",
        "\"messages\": [1]; messages[0]",
        "\"messages\": [{}]; messages[0].role",
        "\"messages\": [{\"role\": \"x\"}]; messages[0].role: must be system",
        "\"messages\": [{\"role\": \"user\", \"content\": []}]; messages[0].content",
        "\"messages\": [{\"role\": \"user\", \"images\": [\"aa\"]}]; messages[0].images: not supported",
        "\"_debug_render_only\": true; _debug_render_only: not supported",
        "\"wibble\": 1; wibble: not supported",
      })
  void refusesFields(String field, String message) throws Exception {
    String messages = field.startsWith("\"messages") ? "" : HI + ", ";
    String request = "{\"model\": \"tiny\", " + messages + field + "}";
    assertThat(talking.refused(400, PATH, request)).startsWith(message);
  }

  @ParameterizedTest
  @CsvSource({"0,unload", "'\"0s\"',unload", "'\"5m\"',load", "-1,load", "300,load", "null,load"})
  void loadsTheModelWithoutMessages(String keepAlive, String reason) throws Exception {
    HttpResponse<String> response =
        talking.post(PATH, "{\"model\": \"tiny\", \"keep_alive\": " + keepAlive + "}");
    assertThat(response.headers().firstValue("content-type")).contains("application/json");
    JsonNode answer = json(response.body());
    assertThat(answer.path("done_reason").asText()).isEqualTo(reason);
    assertThat(answer.path("done").asBoolean()).isTrue();
    assertThat(answer.at("/message/content").asText()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void reportsProbabilities(boolean stream) throws Exception {
    String fields = HI + ", \"logprobs\": true, \"top_logprobs\": 2";
    List<JsonNode> lines =
        stream ? talking.lines(PATH, fields) : List.of(talking.ask(PATH, fields));
    List<JsonNode> tokens = new ArrayList<>();
    lines.forEach(line -> line.path("logprobs").forEach(tokens::add));
    assertThat(tokens).hasSize(5);
    assertThat(tokens.getFirst().path("token").asText()).isEqualTo("Hello");
    assertThat(tokens.getFirst().path("logprob").asDouble()).isBetween(-0.1, 0.0);
    assertThat(tokens.getFirst().path("bytes")).hasSize(5);
    assertThat(tokens.getFirst().path("top_logprobs")).hasSize(2);
    assertThat(talking.ask(PATH, HI + ", \"top_logprobs\": 2").has("logprobs")).isFalse();
  }

  @Test
  void writesErrorsAsOllamaDoes() throws Exception {
    assertThat(talking.refused(400, PATH, "{" + HI + "}")).isEqualTo("model is required");
    assertThat(talking.refused(400, PATH, "{")).startsWith("not JSON");
    assertThat(talking.refused(404, "/api/nothing", "{}")).isNotEmpty();
    assertThat(OllamaClient.refused(405, talking.send("DELETE", PATH, "{}"))).contains("POST");
  }

  @Test
  void refusesWhatDoesNotFit() throws Exception {
    String text = "x".repeat(9000);
    String request = "{\"model\": \"tiny\", " + HI.replace("Hi", text) + "}";
    assertThat(talking.refused(400, PATH, request)).startsWith("messages: ");
  }

  @Test
  void writesAnErrorAsTheLastLine() throws Exception {
    TestServer server = TestServer.start(params -> params.modelName("tiny"));
    try (OllamaClient client = new OllamaClient(server)) {
      Iterator<String> lines = client.flow(PATH, "{\"model\": \"tiny\", " + HI + "}").iterator();
      assertThat(json(lines.next()).path("done").asBoolean()).isFalse();
      server.server.close(Duration.ZERO);
      List<String> rest = new ArrayList<>();
      lines.forEachRemaining(rest::add);
      assertThat(rest.getLast()).isEqualTo("{\"error\":\"the server is shutting down\"}");
    }
  }

  @Test
  void isCancelledWhenItsClientGoes() throws Exception {
    TestServer server = TestServer.start(params -> params.modelName("tiny"));
    try (OllamaClient client = new OllamaClient(server)) {
      try (Stream<String> lines = client.flow(PATH, "{\"model\": \"tiny\", " + HI + "}")) {
        assertThat(lines.iterator().next()).contains("\"done\":false");
      }
      client.http().shutdownNow();
      server.awaitIdle();
    }
  }
}
