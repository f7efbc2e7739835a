package dev.llamastream.server.internal.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.llamastream.server.internal.json.ApiError;
import dev.llamastream.server.internal.json.Json;
import dev.llamastream.server.internal.net.ContentTypes;
import dev.llamastream.server.internal.net.Outbox;
import dev.llamastream.server.internal.net.PeerGoneException;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import java.time.Duration;
import java.util.function.Function;

/**
 * Writes a response as Server-Sent Events. Thread-safe. Methods that write block while the client
 * does not read (backpressure).
 */
public final class SseWriter {

  private static final Buffer HEARTBEAT = Buffer.buffer(": still here\n\n");

  private final HttpServerResponse response;
  private final Outbox outbox;
  private volatile Function<ApiError, String> onError =
      error -> "event: error\ndata: " + Json.write(error.body()) + "\n\n";

  SseWriter(HttpServerResponse response, Outbox outbox) {
    this.response = response;
    this.outbox = outbox;
    outbox.send(0, this::writeHead);
  }

  private Future<Void> writeHead() {
    response.setChunked(true);
    response.putHeader("Content-Type", ContentTypes.EVENTS);
    response.putHeader("Cache-Control", "no-cache");
    // keeps nginx from buffering the events
    response.putHeader("X-Accel-Buffering", "no");
    return response.writeHead();
  }

  /**
   * Writes an event without a name.
   *
   * @param data a single line
   * @throws PeerGoneException if the client has disconnected
   */
  public void data(String data) {
    write("data: " + data + "\n\n");
  }

  /**
   * Writes an event without a name, like {@link #data(String)}.
   *
   * @param id what a browser that connects again sends as {@code Last-Event-ID}
   */
  public void data(int id, String data) {
    write("id: " + id + "\ndata: " + data + "\n\n");
  }

  /** Writes an event with a name, like {@link #data(String)}. */
  public void event(String name, String data) {
    write("event: " + name + "\ndata: " + data + "\n\n");
  }

  /** Sets what to write if the handler fails from now on. The default is an event named error. */
  public void onError(Function<ApiError, String> frames) {
    onError = frames;
  }

  void fail(ApiError error) {
    write(onError.apply(error));
  }

  void heartbeat(Duration silence) {
    outbox.sendIfSilent(silence, HEARTBEAT.length(), () -> response.write(HEARTBEAT));
  }

  private void write(String text) {
    byte[] bytes = text.getBytes(UTF_8);
    outbox.send(bytes.length, () -> response.write(Buffer.buffer(bytes)));
  }
}
