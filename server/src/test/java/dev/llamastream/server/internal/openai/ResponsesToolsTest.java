package dev.llamastream.server.internal.openai;

import static dev.llamastream.server.internal.openai.OpenAiServer.json;
import static dev.llamastream.server.internal.openai.ResponsesClient.INPUT;
import static dev.llamastream.server.internal.openai.ResponsesClient.TOOLS;
import static dev.llamastream.server.internal.openai.ResponsesClient.ask;
import static dev.llamastream.server.internal.openai.ResponsesClient.events;
import static dev.llamastream.server.internal.openai.ResponsesClient.types;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.llamastream.fixture.ChatTemplate;
import dev.llamastream.fixture.ScriptedModel;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Responses of a model that thinks and calls tools. */
@Timeout(120)
class ResponsesToolsTest {

  private static OpenAiServer calling;

  @BeforeAll
  static void start() throws IOException {
    ScriptedModel script =
        ScriptedModel.of(
            "<think>\n",
            "Let me",
            " see.",
            "</think>\n\n",
            "<tool_call>\n",
            "{\"name\": \"get_weather\", ",
            "\"arguments\": {\"city\": ",
            "\"Paris\"}}",
            "\n</tool_call>");
    calling = OpenAiServer.of(script.gguf().put(ChatTemplate.KEY, ChatTemplate.qwen3()));
  }

  @AfterAll
  static void stop() {
    calling.close();
  }

  @Test
  void reasoningAndCalls() throws Exception {
    JsonNode answer = ask(calling, INPUT + ", " + TOOLS);
    assertThat(answer.path("status").asText()).isEqualTo("completed");
    assertThat(answer.path("output")).hasSize(2);
    JsonNode reasoning = answer.at("/output/0");
    assertThat(reasoning.path("id").asText()).startsWith("rs_");
    assertThat(reasoning.path("type").asText()).isEqualTo("reasoning");
    assertThat(reasoning.path("summary")).isEqualTo(json("[]"));
    assertThat(reasoning.path("content"))
        .isEqualTo(json("[{\"type\": \"reasoning_text\", \"text\": \"Let me see.\"}]"));
    JsonNode call = answer.at("/output/1");
    assertThat(call.path("id").asText()).startsWith("fc_");
    assertThat(call.path("type").asText()).isEqualTo("function_call");
    assertThat(call.path("status").asText()).isEqualTo("completed");
    assertThat(call.path("call_id").asText()).matches("[0-9A-Za-z]{9}");
    assertThat(call.path("name").asText()).isEqualTo("get_weather");
    assertThat(json(call.path("arguments").asText())).isEqualTo(json("{\"city\":\"Paris\"}"));
    int thought = answer.at("/usage/output_tokens_details/reasoning_tokens").asInt();
    assertThat(thought).isEqualTo(3);

    // what was received is sent back with the result
    String result =
        ", {\"type\": \"function_call_output\", \"output\": \"Sunny\", \"call_id\": "
            + call.path("call_id")
            + "}";
    JsonNode next =
        ask(
            calling,
            "\"input\": [{\"role\": \"user\", \"content\": \"Hi\"}, "
                + reasoning
                + ", "
                + call
                + result
                + "], "
                + TOOLS);
    assertThat(next.at("/usage/input_tokens").asInt())
        .isGreaterThan(answer.at("/usage/input_tokens").asInt());
  }

  @Test
  void reasoningAndCallsAsEvents() throws Exception {
    List<JsonNode> events = events(calling, INPUT + ", " + TOOLS);
    assertThat(types(events).stream().distinct())
        .containsExactly(
            "response.created",
            "response.in_progress",
            "response.output_item.added",
            "response.content_part.added",
            "response.reasoning_text.delta",
            "response.reasoning_text.done",
            "response.content_part.done",
            "response.output_item.done",
            "response.function_call_arguments.delta",
            "response.function_call_arguments.done",
            "response.completed");
    List<JsonNode> output =
        List.of(
            events.getLast().at("/response/output/0"), events.getLast().at("/response/output/1"));
    StringBuilder thought = new StringBuilder();
    StringBuilder arguments = new StringBuilder();
    for (JsonNode event : events) {
      switch (event.path("type").asText()) {
        case "response.reasoning_text.delta" -> {
          thought.append(event.path("delta").asText());
          assertThat(event.path("item_id")).isEqualTo(output.get(0).path("id"));
          assertThat(event.path("output_index").asInt(-1)).isZero();
        }
        case "response.function_call_arguments.delta" -> {
          arguments.append(event.path("delta").asText());
          assertThat(event.path("item_id")).isEqualTo(output.get(1).path("id"));
          assertThat(event.path("output_index").asInt()).isEqualTo(1);
          assertThat(event.has("content_index")).isFalse();
        }
        case "response.function_call_arguments.done" -> {
          assertThat(event.path("name").asText()).isEqualTo("get_weather");
          assertThat(event.path("arguments")).isEqualTo(output.get(1).path("arguments"));
        }
        default -> {}
      }
    }
    assertThat(thought).hasToString("Let me see.");
    assertThat(json(arguments.toString())).isEqualTo(json("{\"city\":\"Paris\"}"));
    assertThat(output.get(1).path("arguments").asText()).isEqualTo(arguments.toString());
  }

  @Test
  void callsThatAreCutOff() throws Exception {
    JsonNode answer = ask(calling, INPUT + ", \"max_output_tokens\": 7, " + TOOLS);
    assertThat(answer.path("status").asText()).isEqualTo("incomplete");
    assertThat(answer.at("/output/0/status").asText()).isEqualTo("completed");
    assertThat(answer.at("/output/1/type").asText()).isEqualTo("function_call");
    assertThat(answer.at("/output/1/status").asText()).isEqualTo("incomplete");
    List<JsonNode> events = events(calling, INPUT + ", \"max_output_tokens\": 7, " + TOOLS);
    assertThat(types(events)).last().isEqualTo("response.incomplete");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "\"required\"; get_weather",
        "{\"type\": \"function\", \"name\": \"now\"}; now",
        "{\"type\": \"allowed_tools\", \"mode\": \"required\", \"tools\": [{\"type\": \"function\", \"name\": \"now\"}]}; now",
      })
  void toolsThatMustBeCalled(String choice, String tool) throws Exception {
    // of the white space that may be anywhere, only line breaks
    String fields =
        ", \"temperature\": 0, \"logit_bias\": {\"12\": false, \"35\": false},"
            + " \"parallel_tool_calls\": false, \"tool_choice\": ";
    JsonNode answer = ask(calling, INPUT + fields + choice + ", " + TOOLS);
    assertThat(answer.path("output").path(answer.path("output").size() - 1).path("name").asText())
        .isEqualTo(tool);
  }
}
