package dev.llamastream.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.llamastream.fixture.ScriptedModel;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class WebSocketTest {

  private static final String SHORT =
      "{\"prompt\": \"Say:\", \"max_tokens\": 3, \"temperature\": 0}";
  private static final String ENDLESS =
      "{\"id\": \"long\", \"prompt\": \"Say:\", \"max_tokens\": 100000, \"temperature\": 0}";
  private static TestServer server;

  @BeforeAll
  static void start() throws IOException {
    server =
        TestServer.start(params -> params, params -> params.requestsPerSocket(2).bodyLimit(20_000));
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"/ws", "/"})
  void sendsAMessageForEachPiece(String path) throws Exception {
    try (TestServer scripted = TestServer.start(ScriptedModel.of("Hel", "lo \"", "\n").path());
        RawWebSocket socket = RawWebSocket.connect(scripted.port(), path)) {
      socket.send("{\"prompt\": \"Say:\", \"max_tokens\": 200, \"temperature\": 0}");

      assertThat(socket.receive().text()).isEqualTo("{\"type\":\"token\",\"content\":\"Hel\"}");
      assertThat(socket.receive().text()).isEqualTo("{\"type\":\"token\",\"content\":\"lo \\\"\"}");
      assertThat(socket.receive().text()).isEqualTo("{\"type\":\"token\",\"content\":\"\\n\"}");
      JsonNode done = socket.message();
      assertThat(done.get("type").asText()).isEqualTo("done");
      assertThat(done.get("finish_reason").asText()).isEqualTo("end_of_text");
      assertThat(done.get("stats").get("generated_tokens").asInt()).isEqualTo(3);
      assertThat(done.has("id")).isFalse();

      // and again
      socket.send(SHORT);
      assertThat(socket.textUntilEnd()).isEqualTo("Hello \"\n|done");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"permessage-deflate", "deflate-frame", "x-webkit-deflate-frame"})
  void inflatesNothing(String extension) throws Exception {
    try (RawHttp http = RawHttp.connect(server.port())) {
      RawHttp.Response response =
          RawWebSocket.handshake(http, "/ws", "Sec-WebSocket-Extensions: " + extension);
      assertThat(response.status()).isEqualTo(101);
      assertThat(response.headers()).doesNotContainKey("Sec-WebSocket-Extensions");
    }
  }

  @Test
  void refusesAHandshakeWithABody() throws Exception {
    for (String header : List.of("Content-Length: 10", "Transfer-Encoding: chunked")) {
      try (RawHttp http = server.connect()) {
        assertThat(RawWebSocket.handshake(http, "/ws", header).status()).isEqualTo(400);
        // what is never sent is not waited for
        assertThat(http.readAll()).isEmpty();
      }
    }
  }

  @Test
  void servesSeveralRequestsAtOnce() throws Exception {
    try (RawWebSocket socket = server.webSocket()) {
      socket.send(SHORT.replace("{", "{\"id\": \"a\", "));
      socket.send(SHORT.replace("{", "{\"id\": 7, "));
      Map<String, StringBuilder> texts = new HashMap<>();
      for (int done = 0; done < 2; ) {
        JsonNode message = socket.message();
        StringBuilder text =
            texts.computeIfAbsent(message.get("id").toString(), _ -> new StringBuilder());
        if (message.get("type").asText().equals("done")) {
          done++;
        } else {
          text.append(message.get("content").asText());
        }
      }
      assertThat(texts).containsOnlyKeys("\"a\"", "7");
      assertThat(texts.get("7").toString()).hasSize(3).isEqualTo(texts.get("\"a\"").toString());
    }
  }

  @Test
  void dealsWithMessagesInTheirOrder() throws Exception {
    try (RawWebSocket socket = server.webSocket()) {
      ByteArrayOutputStream messages = new ByteArrayOutputStream();
      for (int i = 0; i < 100; i++) {
        messages.writeBytes(
            RawWebSocket.frame(
                RawWebSocket.TEXT,
                true,
                String.format(Locale.ROOT, "{\"type\":\"ping\",\"id\":%d}", i).getBytes(UTF_8)));
      }
      socket.write(messages.toByteArray());
      for (int i = 0; i < 100; i++) {
        assertThat(socket.receive().text())
            .isEqualTo(String.format(Locale.ROOT, "{\"type\":\"pong\",\"id\":%d}", i));
      }
    }
  }

  @Test
  void cancelsOneRequest() throws Exception {
    try (RawWebSocket socket = server.webSocket()) {
      socket.send(ENDLESS);
      assertThat(socket.message().get("type").asText()).isEqualTo("token");
      socket.send("{\"type\": \"cancel\", \"id\": \"other\"}");
      socket.send("{\"type\": \"cancel\", \"id\": \"long\"}");
      JsonNode message;
      do {
        message = socket.message();
      } while (message.get("type").asText().equals("token"));
      assertThat(message.get("type").asText()).isEqualTo("done");
      assertThat(message.get("finish_reason").asText()).isEqualTo("cancelled");
      server.awaitIdle();
      socket.send(SHORT);
      assertThat(socket.textUntilEnd()).hasSize(3 + "|done".length());
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{|not JSON",
        "[]|not a JSON object",
        "``|not a JSON object",
        "{\"type\":\"dance\"}|type: must be generate, cancel, credit or ping",
        "{\"type\":7}|type: 7, must be a text",
        "{}|prompt: missing, must be a text",
        "{\"prompt\":\"a\",\"id\":[]}|id: [], must be a text of at most 200 characters or a whole"
            + " number",
        "{\"prompt\":\"a\",\"id\":1.5}|id: 1.5, must be",
        "{\"prompt\":\"a\",\"top_p\":2}|top_p: 2.0, must be in [0.0, 1.0]",
        "{\"prompt\":\"a\",\"credit\":-1}|credit: -1, must be in [0, 1000000]",
        "{\"prompt\":\"a\",\"unknown\":-1}|unknown: unknown field",
        "{\"type\":\"credit\"}|n: missing, must be in [1, 1000000]",
        "{\"type\":\"credit\",\"n\":0}|n: 0, must be in [1, 1000000]",
        "{\"type\":\"cancel\",\"n\":0}|n: unknown field",
        "{\"type\":\"ping\",\"n\":0}|n: unknown field",
      })
  void saysWhatIsWrongAndStaysUsable(String message, String answer) throws Exception {
    try (RawWebSocket socket = server.webSocket()) {
      socket.send(message);
      JsonNode error = socket.message();
      assertThat(error.get("type").asText()).isEqualTo("error");
      assertThat(error.get("message").asText()).startsWith(answer);

      socket.send(SHORT);
      assertThat(socket.textUntilEnd()).hasSize(3 + "|done".length());
    }
  }

  @Test
  void saysWhoseErrorItIs() throws Exception {
    try (RawWebSocket socket = server.webSocket()) {
      socket.send("{\"id\": \"x\", \"prompt\": 5}");
      assertThat(socket.receive().text())
          .isEqualTo(
              "{\"type\":\"error\",\"id\":\"x\",\"message\":\"prompt: 5, must be a"
                  + " text\",\"code\":\"invalid_value\"}");
    }
  }

  @Test
  void refusesASecondRequestOfTheSameIdAndAThirdAtAll() throws Exception {
    try (RawWebSocket socket = server.webSocket()) {
      socket.send(ENDLESS.replace("{", "{\"credit\": 0, "));
      socket.send(ENDLESS);
      assertThat(socket.message().get("message").asText())
          .isEqualTo("id: a request with this id is running");
      socket.send(ENDLESS.replace("long", "longer").replace("{", "{\"credit\": 0, "));
      socket.send(SHORT);
      JsonNode error = socket.message();
      assertThat(error.get("code").asText()).isEqualTo("too_many_requests");
    }
    server.awaitIdle();
  }

  @Test
  void saysThatTheEngineIsOverloaded() throws Exception {
    HeldEngine held = new HeldEngine();
    try (TestServer small =
            TestServer.start(params -> params.slots(1).queueCapacity(1), params -> params, held);
        RawWebSocket socket = small.webSocket()) {
      held.hold();
      socket.send(SHORT.replace("{", "{\"id\": 1, "));
      held.awaitHeld();
      socket.send(SHORT.replace("{", "{\"id\": 2, "));
      TestServer.await(() -> small.engine.snapshot().waiting() == 1);
      socket.send(SHORT.replace("{", "{\"id\": 3, "));

      JsonNode error = socket.message();
      assertThat(error.get("id").asInt()).isEqualTo(3);
      assertThat(error.get("code").asText()).isEqualTo("overloaded");
      held.release();
      assertThat(socket.textUntilEnd()).endsWith("|done");
      assertThat(socket.textUntilEnd()).endsWith("|done");
    }
  }

  @Test
  void usesAnIdAgainAfterItsEnd() throws Exception {
    try (RawWebSocket socket = server.webSocket()) {
      for (int i = 0; i < 300; i++) {
        socket.send("{\"prompt\": \"a\", \"max_tokens\": 1}");
        assertThat(socket.textUntilEnd()).endsWith("|done");
      }
    }
  }

  @Test
  void saysThatATextIsNotWhole() throws Exception {
    try (RawWebSocket socket = server.webSocket()) {
      socket.send("{\"prompt\": \"a\", \"max_tokens\": 20, \"credit\": 3}");
      for (int i = 0; i < 3; i++) {
        assertThat(socket.message().get("type").asText()).isEqualTo("token");
      }
      server.awaitIdle(); // all 20 are there
      socket.send("{\"type\": \"cancel\"}");
      assertThat(socket.message().get("finish_reason").asText()).isEqualTo("cancelled");
    }
  }

  @Test
  void answersPingsAndTakesFragments() throws Exception {
    try (RawWebSocket socket = server.webSocket()) {
      byte[] message = "{\"type\":\"ping\"}".getBytes(UTF_8);
      socket.write(RawWebSocket.frame(RawWebSocket.TEXT, false, Arrays.copyOf(message, 5)));
      socket.write(RawWebSocket.frame(RawWebSocket.PING, true, new byte[] {1, 2}));
      assertThat(socket.receive().opcode()).isEqualTo(RawWebSocket.PONG);
      socket.write(RawWebSocket.frame(0, true, Arrays.copyOfRange(message, 5, message.length)));
      assertThat(socket.receive().text()).isEqualTo("{\"type\":\"pong\"}");
    }
  }

  @Test
  void explainsItselfToAPlainRequest() throws Exception {
    try (RawHttp http = server.connect()) {
      assertThat(http.get("/ws").status()).isEqualTo(426);
    }
  }

  @Test
  void refusesAHandshakeThatIsNone() throws Exception {
    try (RawHttp http = server.connect()) {
      assertThat(http.get("/ws", "Connection: Upgrade", "Upgrade: websocket").status())
          .isEqualTo(400);
    }
    try (RawHttp http = server.connect()) {
      assertThat(RawWebSocket.handshake(http, "/elsewhere").status()).isEqualTo(404);
    }
  }
}
