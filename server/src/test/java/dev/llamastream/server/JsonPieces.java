package dev.llamastream.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A successful answer, piece by piece as it comes. Each piece is JSON. */
abstract class JsonPieces {

  private static final JsonMapper MAPPER = new JsonMapper();

  /**
   * Waits for the next piece; null at the end.
   *
   * @throws RefusedException if the server has no room for the request
   * @throws AssertionError for any other error
   */
  final @Nullable JsonNode next() throws IOException, RefusedException {
    String json = read();
    JsonNode piece = json == null ? null : MAPPER.readTree(json);
    if (piece != null && (piece.has("error") || piece.path("type").asText().equals("error"))) {
      // a stream that has begun cannot have another status
      assertThat(json).containsAnyOf("overloaded", "streams are open");
      throw new RefusedException(1);
    }
    return piece;
  }

  abstract @Nullable String read() throws IOException, RefusedException;

  /** The data of Server-Sent Events. */
  static JsonPieces events(RawHttp http) {
    ChunkLines lines = new ChunkLines(http);
    return new JsonPieces() {
      @Override
      @Nullable String read() throws IOException, RefusedException {
        String line = lines.next();
        while (line != null && !line.startsWith("data: {")) {
          line = lines.next();
        }
        return line == null ? null : line.substring("data: ".length());
      }
    };
  }

  /** Lines. */
  static JsonPieces lines(RawHttp http) {
    ChunkLines lines = new ChunkLines(http);
    return new JsonPieces() {
      @Override
      @Nullable String read() throws IOException, RefusedException {
        return lines.next();
      }
    };
  }

  /** The body in one piece. */
  static JsonPieces whole(RawHttp http) {
    return new JsonPieces() {
      private boolean ended;

      @Override
      @Nullable String read() throws IOException, RefusedException {
        String body = ended ? null : served(http.head()).body();
        ended = true;
        return body;
      }
    };
  }

  /** The messages to one request. */
  static JsonPieces messages(RawWebSocket socket) {
    return new JsonPieces() {
      private boolean ended;

      @Override
      @Nullable String read() throws IOException {
        if (ended) {
          return null;
        }
        RawWebSocket.Frame frame = socket.receive();
        while (frame.opcode() == RawWebSocket.PING) {
          frame = socket.receive(); // a heartbeat
        }
        assertThat(frame.opcode()).isEqualTo(RawWebSocket.TEXT);
        ended = !frame.text().contains("\"type\":\"token\"");
        return frame.text();
      }
    };
  }

  /** Checks the status of a response. */
  static RawHttp.Response served(RawHttp.Response response) throws RefusedException {
    if (response.status() == 429) {
      throw new RefusedException(Integer.parseInt(response.headers().get("Retry-After")));
    }
    assertThat(response.status()).as(response.body()).isEqualTo(200);
    return response;
  }
}
