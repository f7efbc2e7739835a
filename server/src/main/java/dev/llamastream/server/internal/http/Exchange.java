package dev.llamastream.server.internal.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.llamastream.server.internal.json.ApiError;
import dev.llamastream.server.internal.json.Json;
import dev.llamastream.server.internal.net.ContentTypes;
import dev.llamastream.server.internal.net.Outbox;
import io.vertx.core.http.HttpServerResponse;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/** One request and its response. */
interface Exchange extends RequestHead {

  /** The method, for instance {@code POST}. */
  String method();

  /** The query; null if there is none. */
  @Nullable String query();

  /** How to write errors. */
  ErrorForm errors();

  /** How long the client may hear nothing of a stream. */
  Duration heartbeat();

  /** What is on its way to the client. */
  Outbox outbox();

  /** When the request arrived, in {@link System#nanoTime}. */
  long arrived();

  /**
   * Sends a response, unless one has been sent already.
   *
   * @return completes when the whole response is out of our hands, or never will be
   */
  CompletableFuture<Void> reply(
      int status, String contentType, Map<String, String> headers, byte[] body);

  /** Responds with an error. */
  default void fail(ApiError error) {
    byte[] body = Json.write(errors().body(error, this)).getBytes(UTF_8);
    var _ = reply(error.status(), ContentTypes.JSON, error.headers(), body);
  }

  /** Starts a response that comes in pieces. Its head is sent at once. */
  <W extends StreamWriter> W stream(BiFunction<HttpServerResponse, Outbox, W> writer);

  /** Ends a streamed response. */
  void end();
}
