package dev.llamastream.server.internal.llamacpp;

import static dev.llamastream.server.internal.openai.OpenAiServer.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.llamastream.fixture.ScriptedModel;
import dev.llamastream.server.internal.openai.OpenAiServer;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code /completion}, at once and as events. */
@Timeout(300)
class CompletionTest {

  private static final String PATH = "/completion";
  private static final ScriptedModel MODEL =
      ScriptedModel.of("Hello", " wor", "ld", "!!\n", " Bye");

  private static OpenAiServer server;

  @BeforeAll
  static void start() throws IOException {
    server = OpenAiServer.of(MODEL.gguf());
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static JsonNode ask(String fields) throws Exception {
    HttpResponse<String> response = server.post(PATH, "{" + fields + "}");
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    return json(response.body());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "\"prompt\": \"Hi\"; Hello world!!| Bye; eos; ''",
        "\"prompt\": [1, 75, 108]; Hello world!!| Bye; eos; ''",
        "\"prompt\": [1, \"Hi\"]; Hello world!!| Bye; eos; ''",
        "\"prompt\": [\"Hi\"]; Hello world!!| Bye; eos; ''",
        "\"prompt\": {\"prompt_string\": \"Hi\"}; Hello world!!| Bye; eos; ''",
        "\"prompt\": \"Hi\", \"n_predict\": 2; Hello wor; limit; ''",
        "\"prompt\": \"Hi\", \"max_tokens\": 2; Hello wor; limit; ''",
        "\"prompt\": \"Hi\", \"n_predict\": 1, \"max_tokens\": 2; Hello; limit; ''",
        "\"prompt\": \"Hi\", \"n_predict\": -1; Hello world!!| Bye; eos; ''",
        "\"prompt\": \"Hi\", \"n_predict\": 0; ''; limit; ''",
        "\"prompt\": \"Hi\", \"stop\": \"wor\"; 'Hello '; word; wor",
        "\"prompt\": \"Hi\", \"stop\": [\"x\", \"ld!\", \"y\"]; Hello wor; word; ld!",
        "\"prompt\": \"Hi\", \"stop\": [\"\", \"ld\"]; Hello wor; word; ld",
        "\"prompt\": \"Hi\", \"grammar\": \"root ::= \\\"Hello\\\"\"; Hello; eos; ''",
        "\"prompt\": \"Hi\", \"json_schema\": {\"const\": \"a\"}, \"n_predict\": 3; \"a\"; limit; ''",
      })
  void whole(String fields, String content, String stopType, String word) throws Exception {
    JsonNode answer = ask(fields);
    assertThat(answer.path("content").asText().replace('\n', '|')).isEqualTo(content);
    assertThat(answer.path("stop_type").asText()).isEqualTo(stopType);
    assertThat(answer.path("stopping_word").asText()).isEqualTo(word);
    assertThat(answer.path("stop").asBoolean()).isTrue();
    assertThat(answer.path("truncated").asBoolean()).isFalse();
  }

  @Test
  void everythingThatIsKnown() throws Exception {
    JsonNode answer = ask("\"prompt\": \"Hi\", \"n_predict\": 4, \"cache_prompt\": false");
    assertThat(answer.path("index").asInt()).isZero();
    assertThat(answer.path("tokens")).isEmpty();
    assertThat(answer.path("id_slot").asInt()).isEqualTo(-1);
    assertThat(answer.path("model").asText()).isEqualTo(OpenAiServer.MODEL);
    assertThat(answer.path("tokens_predicted").asInt()).isEqualTo(4);
    assertThat(answer.path("tokens_evaluated").asInt()).isEqualTo(3);
    assertThat(answer.path("tokens_cached").asInt()).isEqualTo(7);
    assertThat(answer.path("prompt").asText()).isEqualTo("<s>Hi");
    assertThat(answer.path("has_new_line").asBoolean()).isTrue();
    JsonNode timings = answer.path("timings");
    assertThat(timings.path("cache_n").asInt()).isZero();
    assertThat(timings.path("prompt_n").asInt()).isEqualTo(3);
    assertThat(timings.path("predicted_n").asInt()).isEqualTo(4);
    assertThat(timings.path("prompt_ms").asDouble()).isPositive();
    assertThat(timings.path("predicted_per_second").asDouble()).isPositive();
    JsonNode settings = answer.path("generation_settings");
    assertThat(settings.path("n_predict").asInt()).isEqualTo(4);
    assertThat(settings.path("seed").asLong()).isEqualTo(4294967295L);
    assertThat(settings.path("samplers")).hasSize(9);
    assertThat(answer.has("completion_probabilities")).isFalse();
  }

  @Test
  void aPromptOfTokensIsWrittenWithItsSpecialOnes() throws Exception {
    JsonNode answer = ask("\"prompt\": [1, 75, 2, \"Hi\"], \"n_predict\": 1");
    assertThat(answer.path("prompt").asText()).isEqualTo("<s>H</s>Hi");
  }

  @Test
  void settingsThatWereAskedFor() throws Exception {
    JsonNode settings =
        ask("\"prompt\": \"Hi\", \"seed\": 7, \"temperature\": 0.5, \"ignore_eos\": true,"
                + " \"stop\": \"x\", \"n_predict\": 1, \"samplers\": \"kt\","
                + " \"logit_bias\": [[5, false], [6, 1.5]], \"top_n_sigma\": -1")
            .path("generation_settings");
    assertThat(settings.path("seed").asInt()).isEqualTo(7);
    assertThat(settings.path("temperature").asDouble()).isEqualTo(0.5);
    assertThat(settings.path("ignore_eos").asBoolean()).isTrue();
    assertThat(settings.path("stop").path(0).asText()).isEqualTo("x");
    assertThat(settings.path("samplers").toString()).isEqualTo("[\"top_k\",\"temperature\"]");
    assertThat(settings.path("top_p").asDouble()).isEqualTo(1);
    assertThat(settings.path("top_n_sigma").asDouble()).isEqualTo(-1);
    assertThat(settings.path("logit_bias"))
        .contains(json("{\"bias\": null, \"token\": 5}"), json("{\"bias\": 1.5, \"token\": 6}"));
  }

  @Test
  void severalPromptsAndCompletions() throws Exception {
    JsonNode answers = ask("\"prompt\": [\"Hi\", [1, 75], [\"H\", 108]], \"n_cmpl\": 2");
    assertThat(answers).hasSize(6);
    for (int i = 0; i < 6; i++) {
      assertThat(answers.get(i).path("index").asInt()).isEqualTo(i);
      assertThat(answers.get(i).path("content").asText()).startsWith("Hello");
    }
    assertThat(answers.get(2).path("tokens_evaluated").asInt()).isEqualTo(2);
    assertThat(answers.get(4).path("prompt").asText()).isEqualTo("<s>Hi");
  }

  @Test
  void tokens() throws Exception {
    JsonNode answer = ask("\"prompt\": \"Hi\", \"return_tokens\": true, \"stop\": \"!!\"");
    assertThat(ints(answer.path("tokens")))
        .containsExactly(MODEL.token(0), MODEL.token(1), MODEL.token(2), MODEL.token(3));
  }

  private static List<Integer> ints(JsonNode list) {
    List<Integer> ints = new ArrayList<>();
    list.forEach(id -> ints.add(id.intValue()));
    return ints;
  }

  @ParameterizedTest
  @ValueSource(strings = {"n_probs", "logprobs"})
  void probabilities(String field) throws Exception {
    JsonNode answer = ask("\"prompt\": \"Hi\", \"" + field + "\": 2, \"stop\": \"ld\"");
    JsonNode all = answer.path("completion_probabilities");
    assertThat(all).as("the stop sequence has none").hasSize(2);
    JsonNode first = all.get(0);
    assertThat(first.path("id").asInt()).isEqualTo(MODEL.token(0));
    assertThat(first.path("token").asText()).isEqualTo("Hello");
    assertThat(ints(first.path("bytes"))).containsExactly(72, 101, 108, 108, 111);
    assertThat(first.path("logprob").asDouble()).isLessThanOrEqualTo(0).isGreaterThan(-1e-3);
    assertThat(first.path("top_logprobs")).hasSize(2);
    assertThat(first.at("/top_logprobs/0/id").asInt()).isEqualTo(MODEL.token(0));
  }

  @Test
  void chosenFields() throws Exception {
    JsonNode answer =
        ask(
            "\"prompt\": \"Hi\", \"n_predict\": 1,"
                + " \"response_fields\": [\"content\", \"generation_settings/n_predict\", \"none/x\"]");
    assertThat(answer.toString())
        .isEqualTo("{\"content\":\"Hello\",\"generation_settings/n_predict\":1}");
  }

  @Test
  void aLineFeedAfterTheTimeEndsIt() throws Exception {
    try (OpenAiServer endless = OpenAiServer.endless(params -> params)) {
      HttpResponse<String> response =
          endless.post(
              "/completion", "{\"prompt\": \"a\", \"t_max_predict_ms\": 1, \"n_predict\": 1900}");
      JsonNode answer = json(response.body());
      assertThat(answer.path("content").asText()).endsWith("\n");
      assertThat(answer.path("stop_type").asText()).isEqualTo("limit");
      assertThat(answer.path("tokens_predicted").asInt()).isLessThan(1900);
      endless.awaitIdle();
    }
  }

  @Test
  void theContextIsFull() throws Exception {
    try (OpenAiServer endless = OpenAiServer.endless(params -> params)) {
      JsonNode answer = json(endless.post(PATH, "{\"prompt\": \"a\"}").body());
      assertThat(answer.path("truncated").asBoolean()).isTrue();
      assertThat(answer.path("stop_type").asText()).isEqualTo("limit");
    }
  }

  @Test
  void biasesByText() throws Exception {
    try (OpenAiServer other = OpenAiServer.of(ScriptedModel.of("Ho").gguf())) {
      for (String bias :
          List.of("[[\"Ho\", false]]", "{\"Ho\": -1000}", "{\"260\": false}", "[]")) {
        String ask = "{\"prompt\": \"a\", \"n_predict\": 1, \"logit_bias\": " + bias + "}";
        String content = json(other.post(PATH, ask).body()).path("content").asText();
        assertThat(content.equals("Ho")).as(bias + content).isEqualTo(bias.equals("[]"));
      }
    }
  }

  @Test
  void events() throws Exception {
    List<JsonNode> events =
        server
            .events(
                "/completions",
                "{\"prompt\": \"Hi\", \"stream\": true, \"n_probs\": 1, \"timings_per_token\":"
                    + " true, \"stop\": [\"x\", \"!!\"]}")
            .map(OpenAiServer::json)
            .toList();
    StringBuilder text = new StringBuilder();
    for (JsonNode event : events.subList(0, events.size() - 1)) {
      text.append(event.path("content").asText());
      assertThat(event.path("stop").asBoolean()).isFalse();
      assertThat(event.path("tokens")).hasSize(1);
      assertThat(event.path("tokens_evaluated").asInt()).isEqualTo(3);
      assertThat(event.path("completion_probabilities")).hasSize(1);
      assertThat(event.at("/timings/predicted_n").asInt()).isPositive();
    }
    assertThat(text).hasToString("Hello world");
    JsonNode last = events.getLast();
    assertThat(last.path("content").asText()).isEmpty();
    assertThat(last.path("stop").asBoolean()).isTrue();
    assertThat(last.path("stop_type").asText()).isEqualTo("word");
    assertThat(last.path("stopping_word").asText()).isEqualTo("!!");
    assertThat(last.path("tokens_predicted").asInt()).isEqualTo(4);
  }

  @Test
  void eventsOfSeveral() throws Exception {
    List<JsonNode> events =
        server
            .events(PATH, "{\"prompt\": [\"Hi\", \"Ho\"], \"stream\": true}")
            .map(OpenAiServer::json)
            .toList();
    for (int index : List.of(0, 1)) {
      StringBuilder text = new StringBuilder();
      events.stream()
          .filter(event -> event.path("index").asInt() == index)
          .forEach(event -> text.append(event.path("content").asText()));
      assertThat(text).hasToString(MODEL.text());
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "; prompt: missing",
        "\"prompt\": null; prompt: missing",
        "\"prompt\": 5; prompt: 5, must be a text",
        "\"prompt\": []; prompt: must have at least 1 prompt",
        "\"prompt\": [[]]; prompt[0]: [], must be a text",
        "\"prompt\": [1, null]; prompt: null, must be a text",
        "\"prompt\": [1.5]; prompt: 1.5, must be a text",
        "\"prompt\": [99999]; prompt: token 99999",
        "\"prompt\": {\"prompt_string\": \"a\", \"multimodal_data\": []}; prompt.multimodal_data: not supported",
        "\"prompt\": {}; prompt.prompt_string: , must be",
        "\"prompt\": \"a\", \"n_predict\": -2; n_predict: -2",
        "\"prompt\": \"a\", \"n_predict\": \"5\"; n_predict: \"5\", must be a whole number",
        "\"prompt\": \"a\", \"n_probs\": -1; n_probs: -1",
        "\"prompt\": \"a\", \"n_probs\": 1001; n_probs: 1001",
        "\"prompt\": \"a\", \"post_sampling_probs\": true; post_sampling_probs: not supported",
        "\"prompt\": \"a\", \"return_progress\": true; return_progress: not supported",
        "\"prompt\": \"a\", \"n_indent\": 2; n_indent: not supported",
        "\"prompt\": \"a\", \"min_keep\": 1; min_keep: not supported",
        "\"prompt\": \"a\", \"dynatemp_range\": 0.5; dynatemp_range: not supported",
        "\"prompt\": \"a\", \"adaptive_target\": 0.5; adaptive_target: not supported",
        "\"prompt\": \"a\", \"lora\": [{\"id\": 0, \"scale\": 1}]; lora: not supported",
        "\"prompt\": \"a\", \"grammar_lazy\": true; grammar_lazy: not supported",
        "\"prompt\": \"a\", \"grammar_triggers\": [1]; grammar_triggers: not supported",
        "\"prompt\": \"a\", \"verbose\": true; verbose: not supported",
        "\"prompt\": \"a\", \"echo\": true; echo: not supported",
        "\"prompt\": \"a\", \"whatever\": 1; whatever: not supported",
        "\"prompt\": \"a\", \"samplers\": [\"top_p\", \"top_k\"]; samplers: top_k here, must be",
        "\"prompt\": \"a\", \"samplers\": [\"infill\"]; samplers: infill here, must be",
        "\"prompt\": \"a\", \"samplers\": \"kk\"; samplers: top_k here, must be",
        "\"prompt\": \"a\", \"samplers\": \"kz\"; samplers: z here, must be",
        "\"prompt\": \"a\", \"samplers\": 5; samplers: 5, must be a text",
        "\"prompt\": \"a\", \"logit_bias\": [[5]]; logit_bias[0]: [5], must be a token and its bias",
        "\"prompt\": \"a\", \"logit_bias\": [[5, true]]; logit_bias[0]: [5",
        "\"prompt\": \"a\", \"logit_bias\": [[5, 10001]]; logit_bias[0]: 10001",
        "\"prompt\": \"a\", \"logit_bias\": [[99999, 1]]; logit_bias",
        "\"prompt\": \"a\", \"grammar\": \"x\", \"json_schema\": {}; grammar: not together",
        "\"prompt\": \"a\", \"grammar\": \"root ::= (\"; grammar",
        "\"prompt\": \"a\", \"t_max_predict_ms\": \"x\"; t_max_predict_ms: \"x\"",
        "\"prompt\": \"a\", \"response_fields\": [1]; response_fields: 1, must be a text",
        "\"prompt\": \"a\", \"n_cmpl\": 0; n_cmpl: 0",
        "\"prompt\": [\"a\", \"b\"], \"n\": 65; n: 65 completions for each of 2 prompts",
        "\"prompt\": \"a\", \"stream\": 1; stream: 1, must be true or false",
      })
  void refused(String fields, String message) throws Exception {
    HttpResponse<String> response = server.post(PATH, fields == null ? "{}" : "{" + fields + "}");
    assertThat(response.statusCode()).as(response.body()).isEqualTo(400);
    JsonNode error = json(response.body()).path("error");
    assertThat(error.path("message").asText()).startsWith(message);
    assertThat(error.path("code").asInt()).isEqualTo(400);
    assertThat(error.path("type").asText()).isEqualTo("invalid_request_error");
    assertThat(error.has("param")).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"id_slot\": 1",
        "\"n_keep\": -1, \"n_discard\": 5",
        "\"n_indent\": 0, \"min_keep\": 0, \"dynatemp_range\": 0.0, \"adaptive_target\": -1.0",
        "\"post_sampling_probs\": false, \"lora\": [], \"return_progress\": false",
        "\"n_cache_reuse\": 64, \"sse_ping_interval\": 5, \"stream_options\": {}",
        "\"t_max_predict_ms\": 9223372036854775807",
        "\"t_max_predict_ms\": -1, \"n_probs\": 0, \"response_fields\": []",
      })
  void withoutEffect(String fields) throws Exception {
    assertThat(ask("\"prompt\": \"Hi\", " + fields).path("content").asText())
        .isEqualTo(MODEL.text());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ", \"stream\": true"})
  void tooLong(String fields) throws Exception {
    String prompt = "a".repeat(3000);
    HttpResponse<String> response =
        server.post(PATH, "{\"prompt\": \"" + prompt + "\"" + fields + "}");
    assertThat(response.statusCode()).isEqualTo(400);
    JsonNode error = json(response.body()).path("error");
    assertThat(error.path("type").asText()).isEqualTo("exceed_context_size_error");
    assertThat(error.path("message").asText()).contains("exceeds the available context size");
    assertThat(error.path("n_ctx").asInt()).isEqualTo(2048);
  }

  @Test
  void errorsBeforeTheHandler() throws Exception {
    HttpResponse<String> broken = server.post(PATH, "{");
    assertThat(json(broken.body()).at("/error/code").asInt()).isEqualTo(400);
    HttpResponse<String> read = server.get(PATH);
    assertThat(read.statusCode()).isEqualTo(405);
    assertThat(json(read.body()).at("/error/code").asInt()).isEqualTo(405);
  }
}
