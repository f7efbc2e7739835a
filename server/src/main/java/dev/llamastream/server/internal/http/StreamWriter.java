package dev.llamastream.server.internal.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.llamastream.server.internal.json.ApiError;
import dev.llamastream.server.internal.net.Outbox;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import java.time.Duration;

/**
 * Writes a response piece by piece. Thread-safe. Methods that write block while the client does not
 * read (backpressure), and throw {@link dev.llamastream.server.internal.net.PeerGoneException} if
 * the client has disconnected.
 */
abstract sealed class StreamWriter permits SseWriter, LineWriter {

  private final HttpServerResponse response;
  private final Outbox outbox;
  private volatile Buffer heartbeat;

  /**
   * Sends the head.
   *
   * @param heartbeat a piece that clients ignore
   */
  StreamWriter(HttpServerResponse response, Outbox outbox, String contentType, String heartbeat) {
    this.response = response;
    this.outbox = outbox;
    this.heartbeat = Buffer.buffer(heartbeat);
    outbox.send(0, () -> writeHead(contentType));
  }

  private Future<Void> writeHead(String contentType) {
    response.setChunked(true);
    response.putHeader("Content-Type", contentType);
    response.putHeader("Cache-Control", "no-cache");
    // keeps nginx from buffering the pieces
    response.putHeader("X-Accel-Buffering", "no");
    return response.writeHead();
  }

  /** Writes an error: the handler has failed. */
  abstract void fail(ApiError error, ObjectNode body);

  final void write(String text) {
    byte[] bytes = text.getBytes(UTF_8);
    outbox.send(bytes.length, () -> response.write(Buffer.buffer(bytes)));
  }

  /** Sets the piece that is written when nothing else was written for the heartbeat interval. */
  public final void heartbeat(String piece) {
    heartbeat = Buffer.buffer(piece);
  }

  final void heartbeat(Duration silence) {
    Buffer piece = heartbeat;
    outbox.sendIfSilent(silence, piece.length(), () -> response.write(piece));
  }
}
