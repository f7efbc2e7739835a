package dev.llamastream.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.llamastream.server.RawWebSocket.Frame;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * RFC 6455, in the order of the Autobahn test suite's cases. Frames are written {@code <fin and
 * opcode in hex>:<payload>}, several of them separated by a space; in a payload, {@code \xx} is a
 * byte in hex, {@code `} a quote, and <code>{9}</code> alone nine spaces.
 */
@Timeout(60)
class WebSocketProtocolTest {

  private static final int LIMIT = 20_000;
  private static final String PING = "{\"type\":\"ping\"}";
  private static final String PONG = "{\"type\":\"pong\"}";
  private static TestServer server;

  @BeforeAll
  static void start() throws IOException {
    server = TestServer.start(params -> params.bodyLimit(LIMIT));
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "whole                 | 81:{`type`:`ping`}",
        "two fragments         | 01:{`type`: 80:`ping`}",
        "empty first fragment  | 01: 80:{`type`:`ping`}",
        "empty fragments       | 01: 00: 00:{`type`:`ping`} 00: 80:",
        "pong unasked          | 8a:hello 81:{`type`:`ping`}",
        "pong between          | 01:{`type`: 8a: 80:`ping`}",
        "a character in halves | 01:{`type`:`ping`,`id`:`\\c3 80:\\a4`}",
        "character after none  | 01: 00:{`type`:`ping`,`id`:`\\f0\\9f 00: 00:\\98 80:\\80`}",
      })
  void takesAMessageHoweverItIsCut(String name, String frames) throws Exception {
    try (RawWebSocket socket = server.webSocket()) {
      socket.write(parse(frames));
      assertThat(socket.message().get("type").asText()).as(name).isEqualTo("pong");
      assertUsable(socket);
    }
  }

  @Test
  void takesAMessageByteByByte() throws Exception {
    try (RawWebSocket socket = server.webSocket()) {
      for (byte b : RawWebSocket.frame(RawWebSocket.TEXT, true, PING.getBytes(UTF_8))) {
        socket.write(new byte[] {b});
      }
      assertThat(socket.receive().text()).isEqualTo(PONG);
      byte[] message = PING.getBytes(UTF_8);
      for (int i = 0; i < message.length; i++) {
        int opcode = i == 0 ? RawWebSocket.TEXT : 0;
        socket.write(
            RawWebSocket.frame(
                opcode, i == message.length - 1, Arrays.copyOfRange(message, i, i + 1)));
      }
      assertThat(socket.receive().text()).isEqualTo(PONG);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 125, 126, 127, 128, LIMIT})
  void takesMessagesOfEveryLength(int length) throws Exception {
    try (RawWebSocket socket = server.webSocket()) {
      socket.send(" ".repeat(Math.max(0, length - PING.length())) + (length == 0 ? "" : PING));
      assertThat(socket.receive().text()).contains(length == 0 ? "not a JSON object" : PONG);
      assertUsable(socket);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 125})
  void answersAPingWithItsPayload(int length) throws Exception {
    byte[] payload = new byte[length];
    Arrays.fill(payload, (byte) 0xfe);
    try (RawWebSocket socket = server.webSocket()) {
      socket.write(RawWebSocket.frame(RawWebSocket.PING, true, payload));
      Frame pong = socket.receive();
      assertThat(pong.opcode()).isEqualTo(RawWebSocket.PONG);
      assertThat(pong.payload()).isEqualTo(payload);
    }
  }

  @Test
  void answersTenPingsInTheirOrder() throws Exception {
    try (RawWebSocket socket = server.webSocket()) {
      socket.write(parse("89:0 89:1 89:2 89:3 89:4 89:5 89:6 89:7 89:8 89:9"));
      for (int i = 0; i < 10; i++) {
        assertThat(socket.receive().text()).isEqualTo(Integer.toString(i));
      }
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "82:{`type`:`ping`}",
        "82:",
        "82:\\00\\ff",
        "02:{`type`: 80:`ping`}",
        "02: 00:\\ff 80:\\ff",
      })
  void saysThatMessagesAreText(String frames) throws Exception {
    try (RawWebSocket socket = server.webSocket()) {
      socket.write(parse(frames));
      assertThat(socket.message().get("message").asText())
          .isEqualTo("a message must be text, not binary");
      assertUsable(socket);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "ping too long            | 1002 | 89:{126}",
        "pong too long            | 1002 | 8a:{126}",
        "reserved bit 1           | 1002 | c1:a",
        "reserved bit 2           | 1002 | a1:a",
        "reserved bit 3           | 1002 | 91:a",
        "reserved bits, ping      | 1002 | f9:a",
        "reserved bits, close     | 1002 | f8:",
        "opcode 3                 | 1002 | 83:",
        "opcode 7                 | 1002 | 87:a",
        "opcode 11                | 1002 | 8b:",
        "opcode 15                | 1002 | 8f:a",
        "ping in fragments        | 1002 | 09:a 80:b",
        "pong in fragments        | 1002 | 0a:a 80:b",
        "close in fragments       | 1002 | 08:\\03\\e8",
        "continuation of nothing  | 1002 | 80:a",
        "more of nothing          | 1002 | 00:a 80:b",
        "continuation of a whole  | 1002 | 81:{`type`:`ping`} 80:a",
        "text within a message    | 1002 | 01:a 81:b",
        "binary within a message  | 1002 | 01:a 82:b",
        "not UTF-8                | 1007 | 81:\\c3(",
        "overlong                 | 1007 | 81:\\c0\\af",
        "half a surrogate pair    | 1007 | 81:\\ed\\a0\\80",
        "beyond Unicode           | 1007 | 81:\\f4\\90\\80\\80",
        "half a character         | 1007 | 81:`\\c3",
        "half, then nothing       | 1007 | 01:\\c3 80:",
        "not UTF-8, in fragments  | 1007 | 01:\\c3 80:(",
        "not UTF-8, message open  | 1007 | 01:ab\\ff",
        "close with one byte      | 1002 | 88:\\03",
        "close too long           | 1002 | 88:{126}",
        "close reason not UTF-8   | 1007 | 88:\\03\\e8\\ce\\ba\\ff",
        "close reason cut         | 1007 | 88:\\03\\e8\\ce",
        "close code 0             | 1002 | 88:\\00\\00",
        "close code 999           | 1002 | 88:\\03\\e7",
        "close code 1004          | 1002 | 88:\\03\\ec",
        "close code 1005          | 1002 | 88:\\03\\ed",
        "close code 1006          | 1002 | 88:\\03\\ee",
        "close code 1015          | 1002 | 88:\\03\\f7",
        "close code 1016          | 1002 | 88:\\03\\f8",
        "close code 2999          | 1002 | 88:\\0b\\b7",
        "close code 5000          | 1002 | 88:\\13\\88",
        "close code 65535         | 1002 | 88:\\ff\\ff",
        "message too long         | 1009 | 81:{20001}",
        "fragments too long       | 1009 | 01:{9000} 00:{9000} 00:{2001}",
        "last fragment too long   | 1009 | 01:{20000} 80:{1}",
        "binary too long          | 1009 | 02:{20000} 80:{1}",
      })
  void closesWhatViolatesTheProtocolAndSaysWhy(String name, int status, String frames)
      throws Exception {
    assertFails(name, status, parse(frames));
  }

  /** Frames that the notation above cannot write. */
  @ParameterizedTest
  @CsvSource({
    "unmasked, 1002, 8102 7b7d",
    "unmasked ping, 1002, 8900",
    "a length of 2 bytes that needs none, 1002, 81fe 0001 01020304 60",
    "a length of 8 bytes that needs 2, 1002, 81ff 0000000000000001 01020304 60",
    "a negative length, 1002, 81ff 8000000000000001 01020304 60",
    "a length of 1 TiB, 1009, 81ff 0000010000000000 01020304 60",
  })
  void closesForFramesOfAWrongForm(String name, int status, String hex) throws Exception {
    assertFails(name, status, HexFormat.of().parseHex(hex.replace(" ", "")));
  }

  private static void assertFails(String name, int status, byte[] bytes) throws IOException {
    try (RawWebSocket socket = server.webSocket()) {
      // a request that runs ends with its socket
      socket.send("{\"prompt\": \"Say:\", \"max_tokens\": 100000, \"credit\": 1}");
      assertThat(socket.message().get("type").asText()).isEqualTo("token");
      socket.write(bytes);
      Frame close = socket.closed();
      assertThat(close.closeStatus()).as(name).isEqualTo(status);
      assertThat(close.closeReason()).isNotEmpty();
      server.awaitIdle();
    }
  }

  /** What comes after a violation is not dealt with. */
  @Test
  void doesNothingAfterAViolation() throws Exception {
    try (RawWebSocket socket = server.webSocket()) {
      socket.write(parse("81:\\ff 81:{`type`:`ping`} 89:ping 88:\\03\\e8"));
      assertThat(socket.receive().closeStatus()).isEqualTo(1007);
      assertThat(socket.receiveNothing()).isTrue();
    }
  }

  /** The peer reads when it has written all, and gets no reset instead. */
  @Test
  void saysThatAMessageIsTooLongToWhoStillSendsIt() throws Exception {
    try (RawWebSocket socket = server.webSocket()) {
      socket.write(RawWebSocket.frame(RawWebSocket.TEXT, true, new byte[8 << 20]));
      Frame close = socket.closed();
      assertThat(close.closeStatus()).isEqualTo(1009);
      assertThat(close.closeReason()).isEqualTo("a message must have at most 20000 bytes");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "'', 1000, ''",
    "03e8, 1000, ''",
    "03e8 486c 6cc3 b6, 1000, Hllö",
    "03e9, 1001, ''",
    "03f1, 1009, ''",
    "03f6, 1014, ''",
    "0bb8, 3000, ''",
    "1387, 4999, ''",
  })
  void answersACloseWithItsCode(String payload, int status, String reason) throws Exception {
    try (RawWebSocket socket = server.webSocket()) {
      socket.write(
          RawWebSocket.frame(
              RawWebSocket.CLOSE, true, HexFormat.of().parseHex(payload.replace(" ", ""))));
      Frame close = socket.closed();
      assertThat(close.closeStatus()).isEqualTo(status);
      assertThat(close.closeReason()).isEqualTo(reason);
    }
  }

  @Test
  void answersAMessageThatComesBeforeTheCloseAndNoneAfterIt() throws Exception {
    try (RawWebSocket socket = server.webSocket()) {
      socket.send(PING);
      assertThat(socket.receive().text()).isEqualTo(PONG);
      socket.write(parse("88:\\03\\e8 89:late 81:{}"));
      assertThat(socket.closed().closeStatus()).isEqualTo(1000);
    }
  }

  @Test
  void sendsNothingAfterItsOwnClose() throws Exception {
    try (TestServer ending = TestServer.start();
        RawWebSocket socket = ending.webSocket()) {
      assertUsable(socket);
      Thread closing = Thread.ofVirtual().start(ending.server::close);
      assertThat(socket.receive().closeStatus()).isEqualTo(1001);
      socket.write(parse("89:late 81:{}"));
      socket.write(RawWebSocket.frame(RawWebSocket.CLOSE, true, new byte[] {3, (byte) 0xe9}));
      assertThat(socket.receiveNothing()).isTrue();
      closing.join();
    }
  }

  /** Who sends messages and takes no answers learns what it was closed for, if it reads then. */
  @Test
  void tellsWhoSendsTooManyMessages() throws Exception {
    try (TestServer small = TestServer.start(params -> params.socketSendBuffer(4 << 10));
        RawWebSocket socket = RawWebSocket.over(RawHttp.connect(small.port(), 4 << 10), "/ws")) {
      String message = PING.replace("}", ",\"id\":\"" + "x".repeat(190) + "\"}");
      byte[] frame = RawWebSocket.frame(RawWebSocket.TEXT, true, message.getBytes(UTF_8));
      ByteArrayOutputStream flood = new ByteArrayOutputStream();
      for (int i = 0; i < 20_000; i++) {
        flood.writeBytes(frame);
      }
      socket.write(flood.toByteArray());
      assertThat(socket.closed().closeStatus()).isEqualTo(1008);
    }
  }

  private static void assertUsable(RawWebSocket socket) throws IOException {
    socket.send(PING);
    assertThat(socket.receive().text()).isEqualTo(PONG);
  }

  private static byte[] parse(String frames) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (String frame : frames.replace('`', '"').split(" ")) {
      int head = Integer.parseInt(frame.substring(0, 2), 16);
      bytes.writeBytes(RawWebSocket.frame(head & 0x7f, head >= 0x80, payload(frame.substring(3))));
    }
    return bytes.toByteArray();
  }

  private static byte[] payload(String text) {
    if (text.matches("\\{[0-9]+}")) {
      return " ".repeat(Integer.parseInt(text.substring(1, text.length() - 1))).getBytes(UTF_8);
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) == '\\') {
        bytes.write(HexFormat.fromHexDigits(text, i + 1, i + 3));
        i += 2;
      } else {
        bytes.writeBytes(text.substring(i, i + 1).getBytes(ISO_8859_1));
      }
    }
    return bytes.toByteArray();
  }
}
