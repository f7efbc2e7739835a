package dev.llamastream.server.internal.http;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.llamastream.server.internal.json.ApiError;
import dev.llamastream.server.internal.json.Json;
import dev.llamastream.server.internal.net.ContentTypes;
import dev.llamastream.server.internal.net.Outbox;
import dev.llamastream.server.internal.net.PeerGoneException;
import io.vertx.core.http.HttpServerResponse;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Writes a response as Server-Sent Events. */
public final class SseWriter extends StreamWriter {

  private static final String HEARTBEAT = ": still here\n\n";

  private volatile @Nullable Function<ApiError, String> onError;

  SseWriter(HttpServerResponse response, Outbox outbox) {
    super(response, outbox, ContentTypes.EVENTS, HEARTBEAT);
  }

  /**
   * Writes an event without a name.
   *
   * @param data a single line
   * @throws PeerGoneException if the client has disconnected
   */
  public void data(String data) {
    frames("data: " + data + "\n\n");
  }

  /**
   * Writes an event without a name, like {@link #data(String)}.
   *
   * @param id what a browser that connects again sends as {@code Last-Event-ID}
   */
  public void data(int id, String data) {
    write("id: " + id + "\ndata: " + data + "\n\n");
  }

  /** An event with a name, to be sent with {@link #frames}. */
  public static String frame(String name, String data) {
    return "event: " + name + "\ndata: " + data + "\n\n";
  }

  /** Writes whole events that belong together, as one piece. See {@link #data}. */
  public void frames(String events) {
    write(events);
  }

  /** Sets what to write if the handler fails from now on. The default is an event named error. */
  public void onError(Function<ApiError, String> frames) {
    onError = frames;
  }

  @Override
  void fail(ApiError error, ObjectNode body) {
    Function<ApiError, String> frames = onError;
    if (frames == null) {
      write(frame("error", Json.write(body)));
    } else {
      write(frames.apply(error));
    }
  }
}
