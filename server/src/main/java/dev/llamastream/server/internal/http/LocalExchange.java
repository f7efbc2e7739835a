package dev.llamastream.server.internal.http;

import dev.llamastream.server.internal.json.ApiError;
import dev.llamastream.server.internal.net.Outbox;
import io.vertx.core.http.HttpServerResponse;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * A request of this process. Cancelling its response does what a client's disconnect does.
 *
 * @param reply makes a response of a status and a body
 */
record LocalExchange<R>(
    String id,
    String path,
    ErrorForm errors,
    Outbox outbox,
    long arrived,
    CompletableFuture<R> response,
    BiFunction<Integer, byte[], R> reply)
    implements Exchange {

  @Override
  public String method() {
    return "POST";
  }

  @Override
  public @Nullable String query() {
    return null;
  }

  @Override
  public @Nullable String header(String name) {
    return null;
  }

  @Override
  public Duration heartbeat() {
    return Duration.ofDays(1); // there is nothing between it and its client that gives up
  }

  @Override
  public CompletableFuture<Void> reply(
      int status, String contentType, Map<String, String> headers, byte[] body) {
    response.complete(reply.apply(status, body));
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public <W extends StreamWriter> W stream(BiFunction<HttpServerResponse, Outbox, W> writer) {
    throw ApiError.badField("stream", "true, must be false: the response comes whole");
  }

  @Override
  public void end() {
    response.cancel(false);
  }
}
