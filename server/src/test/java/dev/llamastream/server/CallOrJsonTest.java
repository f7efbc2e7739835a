package dev.llamastream.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.llamastream.server.internal.json.Json;
import java.io.IOException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Tools that the model may call, together with a schema, in all forms of requests. */
@Timeout(120)
class CallOrJsonTest {

  private static final String SCHEMA =
      "{\"type\":\"object\",\"properties\":{\"city\":{\"type\":\"string\"},"
          + "\"degrees\":{\"type\":\"integer\"}},\"required\":[\"city\",\"degrees\"],"
          + "\"additionalProperties\":false}";

  private static final String CITY =
      "{\"type\":\"object\",\"properties\":{\"city\":{\"type\":\"string\"}},\"required\":[\"city\"]}";

  private static final String MESSAGES = "\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}],";

  private static final String FUNCTION =
      "\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"get_weather\",\"parameters\":"
          + CITY
          + "}}]";

  private enum Form {
    OPENAI(
        "/v1/chat/completions",
        MESSAGES
            + FUNCTION
            + ",\"response_format\":{\"type\":\"json_schema\",\"json_schema\":{\"name\":\"a\",\"schema\":"
            + SCHEMA
            + "}}",
        "/choices/0/message/content",
        "/choices/0/message/tool_calls/0/function/name"),
    ANY_OBJECT(
        "/v1/chat/completions",
        MESSAGES + FUNCTION + ",\"response_format\":{\"type\":\"json_object\"}",
        "/choices/0/message/content",
        "/choices/0/message/tool_calls/0/function/name"),
    RESPONSES(
        "/v1/responses",
        "\"input\":\"Hi\",\"tools\":[{\"type\":\"function\",\"name\":\"get_weather\",\"parameters\":"
            + CITY
            + "}],\"text\":{\"format\":{\"type\":\"json_schema\",\"name\":\"a\",\"schema\":"
            + SCHEMA
            + "}}",
        "/output/0/content/0/text",
        "/output/0/name"),
    OLLAMA(
        "/api/chat",
        "\"model\":\"tiny\"," + MESSAGES + FUNCTION + ",\"stream\":false,\"format\":" + SCHEMA,
        "/message/content",
        "/message/tool_calls/0/function/name"),
    ANTHROPIC(
        "/v1/messages",
        MESSAGES
            + "\"max_tokens\":100,\"tools\":[{\"name\":\"get_weather\",\"input_schema\":"
            + CITY
            + "}],\"output_config\":{\"format\":{\"type\":\"json_schema\",\"schema\":"
            + SCHEMA
            + "}}",
        "/content/0/text",
        "/content/0/name");

    final String path;
    final String fields;
    final String text;
    final String call;

    Form(String path, String fields, String text, String call) {
      this.path = path;
      this.fields = fields;
      this.text = text;
      this.call = call;
    }
  }

  private static TestServer writing;
  private static TestServer calling;

  @BeforeAll
  static void start() throws IOException {
    writing = Saying.JSON.serve();
    calling = Saying.CALL.serve();
  }

  @AfterAll
  static void stop() {
    writing.close();
    calling.close();
  }

  private static JsonNode ask(TestServer server, Form form) throws IOException {
    try (RawHttp http = server.connect()) {
      RawHttp.Response response = http.post(form.path, "{" + form.fields + "}");
      assertThat(response.status()).as(response.body()).isEqualTo(200);
      return Json.readObject(response.body());
    }
  }

  @ParameterizedTest
  @EnumSource
  void theModelMayWriteJson(Form form) throws IOException {
    JsonNode answer = ask(writing, form);
    assertThat(answer.at(form.call).isMissingNode()).as(answer.toString()).isTrue();
    assertThat(answer.at(form.text).asText()).isEqualTo("{\"city\": \"Paris\", \"degrees\": 21}");
  }

  @ParameterizedTest
  @EnumSource
  void orCall(Form form) throws IOException {
    JsonNode answer = ask(calling, form);
    assertThat(answer.at(form.call).asText()).as(answer.toString()).isEqualTo("get_weather");
    assertThat(answer.at(form.text).asText("")).isIn("", "null");
  }
}
