package dev.llamastream.server.internal.openai;

import static dev.llamastream.server.internal.openai.OpenAiServer.chunks;
import static dev.llamastream.server.internal.openai.OpenAiServer.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpResponse;
import java.util.List;

/** Sends requests for responses. */
final class ResponsesClient {

  static final String PATH = "/v1/responses";
  static final String INPUT = "\"input\": \"Hi\"";
  static final String TOOLS =
      """
      "tools": [{"type": "function", "name": "get_weather", "strict": true,
        "parameters": {"type": "object", "properties": {"city": {"enum": ["Paris"]}},
                       "required": ["city"], "additionalProperties": false}},
        {"type": "function", "name": "now", "description": "The time", "parameters": null}]
      """;

  private ResponsesClient() {}

  static JsonNode ask(OpenAiServer server, String fields) throws Exception {
    HttpResponse<String> response = server.post(PATH, "{" + fields + "}");
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    return json(response.body());
  }

  static List<JsonNode> events(OpenAiServer server, String fields) throws Exception {
    return chunks(server.events(PATH, "{" + fields + ", \"stream\": true}").toList());
  }

  static List<String> types(List<JsonNode> events) {
    return events.stream().map(event -> event.path("type").asText()).toList();
  }
}
