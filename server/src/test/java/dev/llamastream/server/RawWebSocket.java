package dev.llamastream.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;

/** A WebSocket by hand: every frame is the test's. */
final class RawWebSocket implements AutoCloseable {

  static final int TEXT = 1;
  static final int BINARY = 2;
  static final int CLOSE = 8;
  static final int PING = 9;
  static final int PONG = 10;

  /** A frame that came. */
  static final class Frame {
    private final int opcode;
    private final byte[] payload;

    private Frame(int opcode, byte[] payload) {
      this.opcode = opcode;
      this.payload = payload;
    }

    int opcode() {
      return opcode;
    }

    byte[] payload() {
      return payload.clone();
    }

    String text() {
      return new String(payload, UTF_8);
    }

    /** Of a close frame; 0 without. */
    int closeStatus() {
      return payload.length < 2 ? 0 : (payload[0] & 0xff) * 256 + (payload[1] & 0xff);
    }

    /** Of a close frame. */
    String closeReason() {
      return text().substring(payload.length < 2 ? 0 : 2);
    }
  }

  private final RawHttp http;
  private final DataInputStream in;

  private RawWebSocket(RawHttp http) {
    this.http = http;
    in = new DataInputStream(http.in());
  }

  static RawWebSocket connect(int port, String path, String... headers) throws IOException {
    return over(RawHttp.connect(port), path, headers);
  }

  static RawWebSocket over(RawHttp http, String path, String... headers) throws IOException {
    RawHttp.Response response = handshake(http, path, headers);
    if (response.status() != 101) {
      throw new IOException(response.toString());
    }
    return new RawWebSocket(http);
  }

  static RawHttp.Response handshake(RawHttp http, String path, String... headers)
      throws IOException {
    String[] all =
        Stream.concat(
                List.of(headers).stream(),
                Stream.of(
                    "Connection: Upgrade",
                    "Upgrade: websocket",
                    "Sec-WebSocket-Version: 13",
                    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="))
            .toArray(String[]::new);
    return http.get(path, all);
  }

  void send(String text) throws IOException {
    http.write(frame(TEXT, true, text.getBytes(UTF_8)));
  }

  void write(byte[] bytes) throws IOException {
    http.write(bytes);
  }

  /** A masked frame. */
  static byte[] frame(int opcode, boolean last, byte[] payload) {
    ByteArrayOutputStream frame = new ByteArrayOutputStream();
    frame.write((last ? 0x80 : 0) | opcode);
    if (payload.length < 126) {
      frame.write(0x80 | payload.length);
    } else if (payload.length < 1 << 16) {
      frame.write(0x80 | 126);
      frame.write(payload.length >> 8);
      frame.write(payload.length);
    } else {
      frame.write(0x80 | 127);
      for (int shift = 56; shift >= 0; shift -= 8) {
        frame.write((int) ((long) payload.length >> shift));
      }
    }
    byte[] mask = {1, 2, 3, 4};
    frame.writeBytes(mask);
    for (int i = 0; i < payload.length; i++) {
      frame.write(payload[i] ^ mask[i % 4]);
    }
    return frame.toByteArray();
  }

  Frame receive() throws IOException {
    int opcode = in.readUnsignedByte() & 0xf;
    int length = in.readUnsignedByte();
    long size = length == 127 ? in.readLong() : length == 126 ? in.readUnsignedShort() : length;
    return new Frame(opcode, in.readNBytes((int) size));
  }

  /** The next text message. */
  JsonNode message() throws IOException {
    Frame frame = receive();
    if (frame.opcode() != TEXT) {
      throw new IOException(frame.opcode() + " " + frame.closeStatus() + " " + frame.text());
    }
    return new ObjectMapper().readTree(frame.text());
  }

  /** The texts of one request's tokens until its done or error, which is the last. */
  String textUntilEnd() throws IOException {
    StringBuilder text = new StringBuilder();
    for (JsonNode message; ; ) {
      message = message();
      if (!message.get("type").asText().equals("token")) {
        return text + "|" + message.get("type").asText();
      }
      text.append(message.get("content").asText());
    }
  }

  void halfClose() throws IOException {
    http.halfClose();
  }

  /** The close frame, which the end of the connection follows; texts may come before it. */
  Frame closed() throws IOException {
    Frame frame;
    do {
      frame = receive();
    } while (frame.opcode() == TEXT);
    if (frame.opcode() != CLOSE || !receiveNothing()) {
      throw new IOException(frame.opcode() + " is not the close frame, or not the last");
    }
    return frame;
  }

  /** Whether the connection ends before anything more comes. */
  boolean receiveNothing() throws IOException {
    return in.read() < 0;
  }

  void reset() throws IOException {
    http.reset();
  }

  @Override
  public void close() throws IOException {
    http.close();
  }
}
