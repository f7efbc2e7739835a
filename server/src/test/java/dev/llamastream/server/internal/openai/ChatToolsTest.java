package dev.llamastream.server.internal.openai;

import static dev.llamastream.server.internal.openai.OpenAiServer.chunks;
import static dev.llamastream.server.internal.openai.OpenAiServer.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.llamastream.fixture.ChatTemplate;
import dev.llamastream.fixture.ScriptedModel;
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

/** Tools, thinking and JSON in {@code /v1/chat/completions}. */
@Timeout(300)
class ChatToolsTest {

  private static final String PATH = "/v1/chat/completions";
  private static final String USER = "{\"role\":\"user\",\"content\":\"Weather?\"}";
  private static final String TOOLS =
      """
      "tools": [{"type": "function", "function": {"name": "get_weather", "strict": true,
        "parameters": {"type": "object", "properties": {"city": {"enum": ["Paris"]}},
                       "required": ["city"], "additionalProperties": false}}},
        {"type": "function", "function": {"name": "now", "description": "The time"}}]
      """;

  private static OpenAiServer calling;
  private static OpenAiServer talking;

  @BeforeAll
  static void start() throws IOException {
    calling =
        serving(
            ChatTemplate.qwen3(),
            "<think>\n",
            "Let me",
            " see.",
            "</think>\n\n",
            "<tool_call>\n",
            "{\"name\": \"get_weather\", ",
            "\"arguments\": {\"city\": ",
            "\"Paris\"}}",
            "\n</tool_call>");
    talking = serving(ChatTemplate.qwen25(), "Hello", " wor", "ld");
  }

  private static OpenAiServer serving(String template, String... pieces) throws IOException {
    return OpenAiServer.of(ScriptedModel.of(pieces).gguf().put(ChatTemplate.KEY, template));
  }

  @AfterAll
  static void stop() {
    calling.close();
    talking.close();
  }

  private static JsonNode ask(OpenAiServer server, String fields) throws Exception {
    HttpResponse<String> response =
        server.post(PATH, "{\"messages\": [" + USER + "], " + fields + "}");
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    return json(response.body()).path("choices").path(0);
  }

  @Test
  void callsOfTools() throws Exception {
    JsonNode choice = ask(calling, TOOLS);
    JsonNode message = choice.path("message");
    assertThat(message.path("content").isNull()).isTrue();
    assertThat(message.path("reasoning_content").asText()).isEqualTo("Let me see.");
    assertThat(message.path("reasoning").asText()).isEqualTo("Let me see.");
    assertThat(message.path("tool_calls")).hasSize(1);
    JsonNode call = message.path("tool_calls").path(0);
    assertThat(call.path("id").asText()).matches("[0-9A-Za-z]{9}");
    assertThat(call.path("type").asText()).isEqualTo("function");
    assertThat(call.at("/function/name").asText()).isEqualTo("get_weather");
    assertThat(json(call.at("/function/arguments").asText()))
        .isEqualTo(json("{\"city\":\"Paris\"}"));
    assertThat(call.has("index")).isFalse();
    assertThat(choice.path("finish_reason").asText()).isEqualTo("tool_calls");
  }

  @Test
  void tokensOfThinking() throws Exception {
    String ask = "{\"messages\": [" + USER + "], " + TOOLS + "}";
    JsonNode usage = json(calling.post(PATH, ask).body()).path("usage");
    assertThat(usage.at("/completion_tokens_details/reasoning_tokens").asInt()).isEqualTo(3);
    String none =
        "{\"messages\": [" + USER + "], \"reasoning_effort\": \"none\", \"max_tokens\": 2}";
    assertThat(json(calling.post(PATH, none).body()).at("/choices/0/message").has("reasoning"))
        .isFalse();
  }

  @Test
  void callsThatAreCutOff() throws Exception {
    JsonNode choice = ask(calling, "\"max_tokens\": 7, " + TOOLS);
    assertThat(choice.path("finish_reason").asText()).isEqualTo("length");
    assertThat(choice.at("/message/tool_calls/0/function/name").asText()).isEqualTo("get_weather");
  }

  @Test
  void callsAsEvents() throws Exception {
    String ask =
        "{\"messages\": [" + USER + "], \"stream\": true, \"logprobs\": true, " + TOOLS + "}";
    List<JsonNode> choices =
        chunks(calling.events(PATH, ask).toList()).stream()
            .map(chunk -> chunk.path("choices").path(0))
            .toList();
    StringBuilder thinking = new StringBuilder();
    StringBuilder arguments = new StringBuilder();
    List<JsonNode> begun = new ArrayList<>();
    List<String> tokens = new ArrayList<>();
    for (JsonNode choice : choices) {
      JsonNode delta = choice.path("delta");
      thinking.append(delta.path("reasoning_content").asText());
      assertThat(delta.path("reasoning")).isEqualTo(delta.path("reasoning_content"));
      for (JsonNode call : delta.path("tool_calls")) {
        assertThat(call.path("index").asInt()).isZero();
        if (call.has("id")) {
          begun.add(call);
        } else {
          assertThat(call).hasSize(2);
        }
        arguments.append(call.at("/function/arguments").asText());
      }
      choice.at("/logprobs/content").forEach(token -> tokens.add(token.path("token").asText()));
    }
    assertThat(thinking).hasToString("Let me see.");
    assertThat(begun).hasSize(1);
    assertThat(begun.getFirst().at("/function/name").asText()).isEqualTo("get_weather");
    assertThat(begun.getFirst().at("/function/arguments").asText()).isEmpty();
    assertThat(json(arguments.toString())).isEqualTo(json("{\"city\":\"Paris\"}"));
    assertThat(choices.getLast().path("finish_reason").asText()).isEqualTo("tool_calls");
    assertThat(tokens).hasSize(9).startsWith("<think>\n").endsWith("\n</tool_call>");
  }

  @Test
  void modelsThatMustNotThink() throws Exception {
    JsonNode choice =
        ask(
            calling,
            "\"max_tokens\": 2, \"chat_template_kwargs\": {\"enable_thinking\": false, \"x\": [null]}");
    assertThat(choice.path("message").has("reasoning_content")).isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "\"required\", \"parallel_tool_calls\": false; get_weather",
        "{\"type\": \"function\", \"function\": {\"name\": \"now\"}}, \"parallel_tool_calls\": false; now",
      })
  void toolsThatMustBeCalled(String choice, String tool) throws Exception {
    // of the white space that may be anywhere, only line breaks
    String fields = "\"temperature\": 0, \"logit_bias\": {\"12\": false, \"35\": false}, ";
    JsonNode answer = ask(calling, fields + "\"tool_choice\": " + choice + "," + TOOLS);
    assertThat(answer.at("/message/tool_calls/0/function/name").asText()).isEqualTo(tool);
    assertThat(answer.path("finish_reason").asText()).isEqualTo("tool_calls");
  }

  @Test
  void toolsThatMustNotBeCalled() throws Exception {
    JsonNode answer = ask(talking, "\"tool_choice\": \"none\", " + TOOLS);
    assertThat(answer.at("/message/content").asText()).isEqualTo("Hello world");
    assertThat(answer.path("message").has("tool_calls")).isFalse();
    assertThat(answer.path("finish_reason").asText()).isEqualTo("stop");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"response_format\": {\"type\": \"json_schema\", \"json_schema\": {\"name\": \"x\", \"strict\": true, \"schema\": %s}}",
        "\"response_format\": {\"type\": \"json_object\", \"schema\": %s}",
        "\"json_schema\": %s",
      })
  void answersThatFollowASchema(String fields) throws Exception {
    JsonNode answer =
        ask(talking, "\"temperature\": 0, " + fields.replace("%s", "{\"enum\": [\"Hello\", 5]}"));
    assertThat(answer.at("/message/content").asText()).isIn("\"Hello\"", "5");
    assertThat(answer.path("finish_reason").asText()).isEqualTo("stop");
  }

  @Test
  void anyObject() throws Exception {
    JsonNode answer =
        ask(talking, "\"max_tokens\": 60, \"response_format\": {\"type\": \"json_object\"}");
    assertThat(answer.at("/message/content").asText()).startsWith("{");
  }

  @Test
  void completionsThatFollowASchema() throws Exception {
    for (String fields :
        List.of(
            "\"json_schema\": {\"enum\": [\"Hello\"]}",
            "\"response_format\": {\"type\": \"json_schema\", \"json_schema\": {\"schema\": {\"enum\": [\"Hello\"]}}}")) {
      HttpResponse<String> answer =
          talking.post("/v1/completions", "{\"prompt\": \"Hi\", " + fields + "}");
      assertThat(json(answer.body()).at("/choices/0/text").asText())
          .as(answer.body())
          .isEqualTo("\"Hello\"");
    }
  }

  @Test
  void wholeConversations() throws Exception {
    HttpResponse<String> answer =
        talking.post(
            "/apply-template",
            """
            {"messages": [
              {"role": "developer", "content": "Be brief."},
              {"role": "user", "content": "Weather?", "name": "x"},
              {"role": "assistant", "content": null, "refusal": null, "reasoning_content": "Hm.",
               "tool_calls": [{"id": "a", "type": "function", "index": 0,
                 "function": {"name": "get_weather", "arguments": "{\\"city\\": \\"Paris\\"}"}}]},
              {"role": "tool", "tool_call_id": "a", "content": [{"type": "text", "text": "Sunny"}]},
              {"role": "assistant", "function_call": {"name": "now", "arguments": {}}},
              {"role": "function", "name": "now", "content": "Noon"},
              {"role": "user", "content": "<|im_end|>"}], "temperature": 0, "stream": true,
            """
                + TOOLS
                + "}");
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    assertThat(json(answer.body()).path("prompt").asText())
        .startsWith("<|im_start|>system\nBe brief.\n\n# Tools\n")
        .contains("\"name\": \"get_weather\"", "The time", "\"properties\": {}")
        .endsWith(
            """
            <|im_start|>user
            Weather?<|im_end|>
            <|im_start|>assistant
            <tool_call>
            {"name": "get_weather", "arguments": {"city": "Paris"}}
            </tool_call><|im_end|>
            <|im_start|>user
            <tool_response>
            Sunny
            </tool_response><|im_end|>
            <|im_start|>assistant
            <tool_call>
            {"name": "now", "arguments": {}}
            </tool_call><|im_end|>
            <|im_start|>user
            <tool_response>
            Noon
            </tool_response><|im_end|>
            <|im_start|>user
            <|im_end|><|im_end|>
            <|im_start|>assistant
            """);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"continue_final_message\": true",
        "\"continue_final_message\": true, \"add_generation_prompt\": false",
      })
  void answersThatGoOn(String fields) throws Exception {
    HttpResponse<String> answer =
        talking.post(
            "/apply-template",
            "{\"messages\": ["
                + USER
                + ", {\"role\": \"assistant\", \"content\": \"It is\"}], "
                + fields
                + "}");
    assertThat(json(answer.body()).path("prompt").asText())
        .as(answer.body())
        .endsWith("<|im_start|>assistant\nIt is");
  }

  @Test
  void argumentsOfTheTemplate() throws Exception {
    String template = "{{ reasoning_effort }}, {{ mood | tojson }}{{ messages[0].content }}";
    try (OpenAiServer server = serving(template, "Hello")) {
      HttpResponse<String> answer =
          server.post(
              "/apply-template",
              "{\"messages\": ["
                  + USER
                  + "], \"reasoning_effort\": \"low\", \"chat_template_kwargs\": {\"mood\": [1]}}");
      assertThat(json(answer.body()).path("prompt").asText())
          .as(answer.body())
          .isEqualTo("low, [1]Weather?");
    }
  }

  @Test
  void templatesThatRefuse() throws Exception {
    String template = "{{ raise_exception('no ' + messages[0].content) }}";
    try (OpenAiServer server = serving(template, "Hello")) {
      for (String path : List.of(PATH, "/stream")) {
        HttpResponse<String> answer = server.post(path, "{\"messages\": [" + USER + "]}");
        assertThat(answer.statusCode()).isEqualTo(400);
        JsonNode error = json(answer.body()).path("error");
        assertThat(error.path("code").asText()).isEqualTo("chat_template");
        assertThat(error.path("message").asText()).contains("no Weather?");
      }
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "\"tools\": {}; tools",
        "\"tools\": [5]; tools[0]",
        "\"tools\": [{\"type\": \"function\"}]; tools[0].function.name",
        "\"tools\": [{\"type\": \"web\"}]; tools[0].type",
        "\"tools\": [{\"function\": {\"name\": \"a b\"}}]; tools[0].function.name",
        "\"tools\": [{\"function\": {\"name\": \"a\", \"parameters\": []}}]; tools[0].function.parameters",
        "\"tools\": [{\"function\": {\"name\": \"a\"}}, {\"function\": {\"name\": \"a\"}}]; tools",
        "\"tool_choice\": \"required\"; tool_choice",
        "\"tool_choice\": \"any\"; tool_choice",
        "\"tool_choice\": 5; tool_choice",
        "\"tool_choice\": {\"function\": {\"name\": \"a\"}}; tool_choice",
        "\"tool_choice\": {\"type\": \"function\"}; tool_choice.function.name",
        "\"parallel_tool_calls\": 1; parallel_tool_calls",
        "\"response_format\": \"text\"; response_format",
        "\"response_format\": {\"type\": \"xml\"}; response_format.type",
        "\"response_format\": {\"type\": \"json_schema\"}; response_format.json_schema.schema",
        "\"response_format\": {\"type\": \"json_schema\", \"json_schema\": {\"schema\": 1}}; response_format.json_schema.schema",
        "\"response_format\": {\"type\": \"json_object\"}, \"json_schema\": {}; json_schema",
        "\"json_schema\": {\"$ref\": \"http://a\"}; json_schema",
        "\"json_schema\": {}, \"grammar\": \"root ::= [a]\"; grammar",
        "\"chat_template_kwargs\": []; chat_template_kwargs",
        "\"chat_template_kwargs\": {\"enable_thinking\": \"no\"}; chat_template_kwargs.enable_thinking",
        "\"reasoning_effort\": 1; reasoning_effort",
        "\"reasoning_budget\": -2; reasoning_budget",
        "\"thinking_budget_tokens\": -2; thinking_budget_tokens",
        "\"continue_final_message\": true; continue_final_message",
        "\"messages\": [{\"role\": \"assistant\", \"tool_calls\": [{}]}]; messages[0].tool_calls[0].function.name",
        "\"messages\": [{\"role\": \"assistant\", \"tool_calls\": 1}]; messages[0].tool_calls",
        "\"messages\": [{\"role\": \"assistant\", \"reasoning_content\": 1}]; messages[0].reasoning_content",
        "\"messages\": [{\"role\": \"tool\", \"content\": \"\", \"tool_call_id\": 1}]; messages[0].tool_call_id",
        "\"messages\": [{\"role\": \"tool\", \"content\": null}]; messages[0].content",
        "\"messages\": [{\"role\": \"user\", \"content\": \"\\u0000\"}]; messages[0].content",
      })
  void refusedFields(String fields, String param) throws Exception {
    String messages = fields.startsWith("\"messages") ? "" : ", \"messages\": [" + USER + "]";
    HttpResponse<String> response = talking.post(PATH, "{" + fields + messages + "}");
    assertThat(response.statusCode()).as(response.body()).isEqualTo(400);
    JsonNode error = json(response.body()).path("error");
    assertThat(error.path("param").asText()).as(response.body()).isEqualTo(param);
    assertThat(error.path("code").asText()).isEqualTo("invalid_value");
    assertThat(error.path("message").asText()).startsWith(param);
  }
}
