package dev.llamastream.server.internal.http;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.llamastream.server.internal.json.ApiError;
import dev.llamastream.server.internal.json.Json;
import dev.llamastream.server.internal.net.ContentTypes;
import dev.llamastream.server.internal.net.Outbox;
import io.vertx.core.http.HttpServerResponse;

/** Writes a response as lines of JSON. */
public final class LineWriter extends StreamWriter {

  /** Clients parse each line, so an empty line would be an error. JSON may begin with a space. */
  private static final String HEARTBEAT = " ";

  LineWriter(HttpServerResponse response, Outbox outbox) {
    super(response, outbox, ContentTypes.LINES, HEARTBEAT);
  }

  /**
   * Writes a line.
   *
   * @param json without a line break
   * @throws dev.llamastream.server.internal.net.PeerGoneException if the client has disconnected
   */
  public void line(String json) {
    write(json + "\n");
  }

  @Override
  void fail(ApiError error, ObjectNode body) {
    line(Json.write(body));
  }
}
