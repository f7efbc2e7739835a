package dev.llamastream.server.internal.openai;

import static dev.llamastream.server.internal.openai.OpenAiServer.json;
import static dev.llamastream.server.internal.openai.ResponsesClient.INPUT;
import static dev.llamastream.server.internal.openai.ResponsesClient.PATH;
import static dev.llamastream.server.internal.openai.ResponsesClient.TOOLS;
import static dev.llamastream.server.internal.openai.ResponsesClient.ask;
import static dev.llamastream.server.internal.openai.ResponsesClient.events;
import static dev.llamastream.server.internal.openai.ResponsesClient.types;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(120)
class ResponsesTest {

  private static OpenAiServer talking;

  @BeforeAll
  static void start() throws IOException {
    talking = OpenAiServer.saying("Hello", " wor", "ld", "!!", " Bye");
  }

  @AfterAll
  static void stop() {
    talking.close();
  }

  @Test
  void atOnce() throws Exception {
    JsonNode answer = ask(talking, INPUT);
    assertThat(answer.path("id").asText()).startsWith("resp_");
    assertThat(answer.path("object").asText()).isEqualTo("response");
    assertThat(answer.path("status").asText()).isEqualTo("completed");
    assertThat(answer.path("model").asText()).isEqualTo(OpenAiServer.MODEL);
    assertThat(answer.path("created_at").asLong()).isGreaterThan(1_700_000_000);
    assertThat(answer.path("completed_at").asLong())
        .isGreaterThanOrEqualTo(answer.path("created_at").asLong());
    for (String absent :
        List.of("error", "incomplete_details", "instructions", "previous_response_id", "user")) {
      assertThat(answer.get(absent).isNull()).as(absent).isTrue();
    }
    assertThat(answer.path("store").asBoolean(true)).isFalse();
    assertThat(answer.path("tool_choice").asText()).isEqualTo("auto");
    assertThat(answer.path("text")).isEqualTo(json("{\"format\": {\"type\": \"text\"}}"));
    assertThat(answer.path("tools")).isEqualTo(json("[]"));
    assertThat(answer.path("temperature").isNumber()).isTrue();

    assertThat(answer.path("output")).hasSize(1);
    JsonNode message = answer.at("/output/0");
    assertThat(message.path("id").asText()).startsWith("msg_");
    assertThat(message.path("type").asText()).isEqualTo("message");
    assertThat(message.path("role").asText()).isEqualTo("assistant");
    assertThat(message.path("status").asText()).isEqualTo("completed");
    assertThat(message.path("content"))
        .isEqualTo(
            json(
                """
                [{"type": "output_text", "text": "Hello world!! Bye", "annotations": [],
                  "logprobs": []}]
                """));
    JsonNode usage = answer.path("usage");
    assertThat(usage.path("input_tokens").asInt()).isGreaterThan(20);
    assertThat(usage.path("output_tokens").asInt()).isBetween(5, 6);
    assertThat(usage.path("total_tokens").asInt())
        .isEqualTo(usage.path("input_tokens").asInt() + usage.path("output_tokens").asInt());
    assertThat(usage.at("/input_tokens_details/cached_tokens").isInt()).isTrue();
    assertThat(usage.at("/output_tokens_details/reasoning_tokens").asInt(-1)).isZero();
    assertThat(answer.at("/timings/predicted_n")).isEqualTo(usage.path("output_tokens"));
  }

  @Test
  void asEvents() throws Exception {
    HttpResponse<String> response = talking.post(PATH, "{" + INPUT + ", \"stream\": true}");
    List<JsonNode> events = events(talking, INPUT);
    assertThat(types(events))
        .containsExactly(
            "response.created",
            "response.in_progress",
            "response.output_item.added",
            "response.content_part.added",
            "response.output_text.delta",
            "response.output_text.delta",
            "response.output_text.delta",
            "response.output_text.delta",
            "response.output_text.delta",
            "response.output_text.done",
            "response.content_part.done",
            "response.output_item.done",
            "response.completed");
    // each event's name is its type, and nothing but a response ends the stream
    assertThat(response.body().lines().filter(line -> line.startsWith("event: ")))
        .containsExactlyElementsOf(types(events).stream().map(type -> "event: " + type).toList());
    assertThat(response.body()).doesNotContain("[DONE]");
    assertThat(events)
        .extracting(event -> event.path("sequence_number").asInt(-1))
        .containsExactlyElementsOf(IntStream.range(0, events.size()).boxed().toList());

    JsonNode created = events.getFirst().path("response");
    assertThat(created.path("status").asText()).isEqualTo("in_progress");
    assertThat(created.path("output")).isEqualTo(json("[]"));
    assertThat(created.path("usage").isNull()).isTrue();
    JsonNode added = events.get(2);
    assertThat(added.at("/item/status").asText()).isEqualTo("in_progress");
    assertThat(added.at("/item/content")).isEqualTo(json("[]"));
    assertThat(events.get(3).at("/part/text").asText("x")).isEmpty();
    for (JsonNode event : events.subList(3, 11)) {
      assertThat(event.path("item_id")).isEqualTo(added.at("/item/id"));
      assertThat(event.path("output_index").asInt(-1)).isZero();
      assertThat(event.path("content_index").asInt(-1)).isZero();
    }
    assertThat(events.subList(4, 9))
        .extracting(event -> event.path("delta").asText())
        .containsExactly("Hello", " wor", "ld", "!!", " Bye");
    assertThat(events.get(9).path("text").asText()).isEqualTo("Hello world!! Bye");
    assertThat(events.get(10).at("/part/text").asText()).isEqualTo("Hello world!! Bye");
    JsonNode completed = events.getLast().path("response");
    assertThat(completed.path("id")).isEqualTo(created.path("id"));
    assertThat(completed.at("/output/0")).isEqualTo(events.get(11).path("item"));
    assertThat(completed.at("/usage/output_tokens").asInt()).isBetween(5, 6);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "\"max_output_tokens\": 2; Hello wor; incomplete",
        "\"max_output_tokens\": 0; ''; incomplete",
        "\"stop\": \"wor\"; 'Hello '; completed",
        "\"temperature\": 0, \"top_p\": 0.5, \"seed\": 7, \"top_k\": 1; Hello world!! Bye; completed",
        "\"store\": true, \"background\": false, \"user\": \"me\"; Hello world!! Bye; completed",
        "\"metadata\": {\"a\": \"b\"}, \"service_tier\": \"auto\"; Hello world!! Bye; completed",
        "\"truncation\": \"auto\", \"max_tool_calls\": 3, \"tools\": []; Hello world!! Bye; completed",
        "\"include\": [\"reasoning.encrypted_content\"]; Hello world!! Bye; completed",
        "\"reasoning\": {\"effort\": \"none\", \"summary\": \"auto\"}; Hello world!! Bye; completed",
        "\"prompt_cache_key\": \"x\", \"safety_identifier\": \"y\"; Hello world!! Bye; completed",
        "\"text\": {\"format\": {\"type\": \"text\"}, \"verbosity\": \"medium\"}; Hello world!! Bye; completed",
        "\"previous_response_id\": null, \"conversation\": null; Hello world!! Bye; completed",
        "\"stream\": false, \"stream_options\": null, \"model\": \"x\"; Hello world!! Bye; completed",
      })
  void fields(String fields, String text, String status) throws Exception {
    JsonNode answer = ask(talking, INPUT + "," + fields);
    assertThat(answer.at("/output/0/content/0/text").asText()).isEqualTo(text);
    assertThat(answer.path("status").asText()).isEqualTo(status);
    assertThat(answer.at("/output/0/status").asText()).isEqualTo(status);
    assertThat(answer.at("/incomplete_details/reason").asText())
        .isEqualTo(status.equals("incomplete") ? "max_output_tokens" : "");
  }

  @Test
  void theResponseRepeatsItsRequest() throws Exception {
    String fields =
        """
        "instructions": "Be brief.", "metadata": {"a": "b"}, "temperature": 0.5, "top_p": 0.25,
        "max_output_tokens": 3, "parallel_tool_calls": false, "user": "me", "top_logprobs": 2,
        "reasoning": {"effort": "low", "summary": null}, "prompt_cache_key": "k",
        "tool_choice": "none", \
        """
            + TOOLS;
    JsonNode asked = json("{" + fields + "}");
    JsonNode answer = ask(talking, INPUT + ", " + fields);
    asked
        .fieldNames()
        .forEachRemaining(
            name -> assertThat(answer.path(name)).as(name).isEqualTo(asked.path(name)));
  }

  @Test
  void answersThatFollowASchema() throws Exception {
    String format =
        """
        , "temperature": 0, "text": {"format": {"type": "json_schema", "name": "x", "strict": true,
          "schema": {"enum": ["Hello", 5]}}}
        """;
    JsonNode answer = ask(talking, INPUT + format);
    assertThat(answer.at("/output/0/content/0/text").asText()).isIn("\"Hello\"", "5");
    assertThat(answer.at("/text/format/name").asText()).isEqualTo("x");
    String any = ", \"max_output_tokens\": 60, \"text\": {\"format\": {\"type\": \"json_object\"}}";
    assertThat(ask(talking, INPUT + any).at("/output/0/content/0/text").asText()).startsWith("{");
  }

  @Test
  void logprobs() throws Exception {
    String fields =
        INPUT + ", \"top_logprobs\": 2, \"include\": [\"message.output_text.logprobs\"]";
    JsonNode logprobs = ask(talking, fields).at("/output/0/content/0/logprobs");
    assertThat(logprobs)
        .extracting(one -> one.path("token").asText())
        .containsExactly("Hello", " wor", "ld", "!!", " Bye");
    assertThat(logprobs).allSatisfy(one -> assertThat(one.path("top_logprobs")).hasSize(2));
    List<JsonNode> events = events(talking, fields);
    assertThat(events.subList(4, 9))
        .extracting(event -> event.at("/logprobs/0/token").asText())
        .containsExactly("Hello", " wor", "ld", "!!", " Bye");
    assertThat(events.get(9).path("logprobs")).hasSize(5);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "\"previous_response_id\": \"resp_1\"; previous_response_id",
        "\"conversation\": \"conv_1\"; conversation",
        "\"conversation\": {\"id\": \"conv_1\"}; conversation",
        "\"max_output_tokens\": -2; max_output_tokens",
        "\"temperature\": -1; temperature",
        "\"top_logprobs\": 101; top_logprobs",
        "\"include\": [\"everything\"]; include",
        "\"stream_options\": {}; stream_options",
        "\"stream\": 1; stream",
        "\"model\": 5; model",
        "\"reasoning\": {\"effort\": 1}; reasoning.effort",
        "\"text\": {\"format\": {\"type\": \"xml\"}}; text.format.type",
        "\"text\": {\"format\": {\"type\": \"json_schema\"}}; text.format.schema",
        "\"text\": {\"format\": {\"type\": \"json_schema\", \"schema\": 1}}; text.format.schema",
        "\"tools\": [{\"type\": \"web_search\"}]; tools[0].type",
        "\"tools\": [{\"type\": \"function\"}]; tools[0].name",
        "\"tools\": [{\"name\": \"a\"}, {\"name\": \"a\"}]; tools",
        "\"tool_choice\": \"any\"; tool_choice",
        "\"tool_choice\": \"required\"; tool_choice",
        "\"tool_choice\": {\"type\": \"web_search\"}; tool_choice.type",
        "\"tool_choice\": {\"type\": \"function\", \"name\": \"b\"}; tool_choice",
        "\"tool_choice\": {\"type\": \"allowed_tools\", \"mode\": \"auto\", \"tools\": [{\"name\": \"b\"}]}; tool_choice.tools",
      })
  void refusedFields(String fields, String param) throws Exception {
    HttpResponse<String> response = talking.post(PATH, "{" + INPUT + ", " + fields + "}");
    JsonNode error = json(response.body()).path("error");
    assertThat(response.statusCode()).as(response.body()).isEqualTo(400);
    assertThat(error.path("param").asText()).as(response.body()).isEqualTo(param);
    assertThat(error.path("code").asText()).isEqualTo("invalid_value");
    assertThat(error.path("message").asText()).startsWith(param);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"background\": true",
        "\"prompt\": {\"id\": \"pmpt_1\"}",
        "\"n\": 2",
        "\"messages\": [{\"role\": \"user\", \"content\": \"Hi\"}]",
        "\"text\": {\"verbosity\": \"low\"}",
        "\"truncation\": \"middle\"",
        "\"context_management\": [{\"type\": \"compaction\"}]",
        "\"moderation\": {\"model\": \"x\"}",
      })
  void unsupportedFeatures(String fields) throws Exception {
    HttpResponse<String> response = talking.post(PATH, "{" + INPUT + ", " + fields + "}");
    assertThat(response.statusCode()).as(response.body()).isEqualTo(400);
    assertThat(json(response.body()).at("/error/code").asText()).isEqualTo("unsupported_parameter");
  }

  @Test
  void countsOfTokens() throws Exception {
    JsonNode usage = ask(talking, INPUT).path("usage");
    for (String path : List.of(PATH, "/responses")) {
      HttpResponse<String> count = talking.post(path + "/input_tokens", "{" + INPUT + "}");
      JsonNode counted = json(count.body());
      assertThat(counted.path("object").asText()).isEqualTo("response.input_tokens");
      assertThat(counted.path("input_tokens")).isEqualTo(usage.path("input_tokens"));
    }
    HttpResponse<String> chat =
        talking.post(
            "/v1/chat/completions/input_tokens",
            "{\"messages\": [{\"role\": \"user\", \"content\": \"Hi\"}]}");
    assertThat(json(chat.body()).path("input_tokens")).isEqualTo(usage.path("input_tokens"));
    HttpResponse<String> refused = talking.post(PATH + "/input_tokens", "{}");
    assertThat(refused.statusCode()).isEqualTo(400);
    assertThat(json(refused.body()).at("/error/param").asText()).isEqualTo("input");
  }

  @Test
  void promptsThatAreTooLong() throws Exception {
    HttpResponse<String> response =
        talking.post(PATH, "{\"input\": \"" + "x".repeat(5_000) + "\", \"truncation\": \"auto\"}");
    assertThat(response.statusCode()).isEqualTo(400);
    JsonNode error = json(response.body()).path("error");
    assertThat(error.path("code").asText()).isEqualTo("context_length_exceeded");
    assertThat(error.path("param").asText()).isEqualTo("input");
  }

  @Test
  void failureInTheMiddleOfAStream() throws Exception {
    try (OpenAiServer endless = OpenAiServer.endless(params -> params)) {
      Iterator<String> events =
          endless.events("/responses", "{" + INPUT + ", \"stream\": true}").iterator();
      String last = "";
      for (int i = 0; i < 8; i++) {
        last = events.next();
      }
      assertThat(json(last).path("type").asText()).isEqualTo("response.output_text.delta");
      endless.server.close(Duration.ZERO);
      int sequence = 0;
      while (events.hasNext()) {
        sequence = json(last).path("sequence_number").asInt();
        last = events.next();
      }
      JsonNode failed = json(last);
      assertThat(failed.path("type").asText()).isEqualTo("response.failed");
      assertThat(failed.path("sequence_number").asInt()).isEqualTo(sequence + 1);
      assertThat(failed.at("/response/status").asText()).isEqualTo("failed");
      assertThat(failed.at("/response/error/code").asText()).isEqualTo("server_error");
      endless.awaitIdle();
    }
  }
}
