package dev.llamastream.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.llamastream.fixture.ChatTemplate;
import dev.llamastream.fixture.ScriptedModel;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Chats in the server's own form: {@code /stream} and the WebSocket. */
@Timeout(60)
class ChatStreamTest {

  private static final Path MODEL =
      ScriptedModel.of(
              "<think>\n",
              "Hm.",
              "</think>\n\n",
              "Well:",
              "<tool_call>\n",
              "{\"name\": \"f\", \"arguments\": ",
              "{}",
              "}\n</tool_call>")
          .gguf()
          .put(ChatTemplate.KEY, ChatTemplate.qwen3())
          .writeShared("calling");

  private static final String ASK =
      """
      {"messages": [{"role": "user", "content": "Hi"}], "temperature": 0,
       "tools": [{"type": "function", "function": {"name": "f"}}]}
      """;

  private static TestServer server;

  @BeforeAll
  static void start() throws IOException {
    server = TestServer.start(MODEL);
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @Test
  void sendsFrames() throws Exception {
    try (RawHttp http = server.connect()) {
      RawHttp.Response head = http.post("/stream", ASK);
      assertThat(head.status()).as(head.body()).isEqualTo(200);
      String[] frames = http.chunks().split("\n\n");
      assertThat(frames[0])
          .isEqualTo(
              "id: 0\ndata: {\"token\":\"\",\"thinking\":\"Hm.\",\"index\":0,\"done\":false}");
      assertThat(frames[1])
          .isEqualTo("id: 1\ndata: {\"token\":\"Well:\",\"index\":1,\"done\":false}");
      JsonNode begun = frame(frames[2]);
      assertThat(begun.at("/token").asText()).isEmpty();
      assertThat(begun.at("/tool_call/index").asInt()).isZero();
      assertThat(begun.at("/tool_call/name").asText()).isEqualTo("f");
      StringBuilder arguments = new StringBuilder();
      for (int i = 3; i < frames.length - 1; i++) {
        assertThat(frame(frames[i]).at("/index").asInt()).isEqualTo(i);
        arguments.append(frame(frames[i]).at("/tool_call/arguments").asText());
      }
      JsonNode last = frame(frames[frames.length - 1]);
      assertThat(last.at("/done").asBoolean()).isTrue();
      assertThat(last.at("/finish_reason").asText()).isEqualTo("end_of_text");
      assertThat(last.at("/tool_calls")).hasSize(1);
      assertThat(last.at("/tool_calls/0/id")).isEqualTo(begun.at("/tool_call/id"));
      assertThat(last.at("/tool_calls/0/name").asText()).isEqualTo("f");
      assertThat(last.at("/tool_calls/0/arguments").asText()).isEqualTo(arguments.toString());
    }
  }

  private static JsonNode frame(String text) throws IOException {
    return new ObjectMapper().readTree(text.substring(text.indexOf("{")));
  }

  @Test
  void sendsMessages() throws Exception {
    try (RawWebSocket socket = server.webSocket()) {
      socket.send(ASK.replaceFirst("\\{", "{\"id\": 1, \"credit\": 2, "));
      assertThat(socket.receive().text())
          .isEqualTo("{\"type\":\"thinking\",\"id\":1,\"content\":\"Hm.\"}");
      assertThat(socket.receive().text())
          .isEqualTo("{\"type\":\"token\",\"id\":1,\"content\":\"Well:\"}");
      // no more credit
      socket.send("{\"type\": \"ping\"}");
      assertThat(socket.message().get("type").asText()).isEqualTo("pong");
      socket.send("{\"type\": \"credit\", \"id\": 1, \"n\": 1000}");
      JsonNode message = socket.message();
      assertThat(message.at("/tool_call/name").asText()).isEqualTo("f");
      while (message.get("type").asText().equals("tool_call")) {
        assertThat(message.get("id").asInt()).isEqualTo(1);
        message = socket.message();
      }
      assertThat(message.get("type").asText()).isEqualTo("done");
      assertThat(message.at("/tool_calls/0/name").asText()).isEqualTo("f");
      assertThat(message.at("/stats/generated_tokens").asInt()).isEqualTo(8);

      socket.send("{\"messages\": []}");
      assertThat(socket.message().get("message").asText())
          .isEqualTo("messages: must be a list of at least 1 message");
    }
  }

  @Test
  void cancelsAnswers() throws Exception {
    try (TestServer endless = TestServer.start();
        RawWebSocket socket = endless.webSocket()) {
      socket.send("{\"messages\": [{\"role\": \"user\", \"content\": \"Hi\"}]}");
      assertThat(socket.message().get("type").asText()).isEqualTo("token");
      socket.send("{\"type\": \"cancel\"}");
      assertThat(socket.textUntilEnd()).endsWith("|done");
      endless.awaitIdle();
    }
  }
}
