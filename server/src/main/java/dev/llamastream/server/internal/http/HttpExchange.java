package dev.llamastream.server.internal.http;

import dev.llamastream.server.internal.json.ApiError;
import dev.llamastream.server.internal.net.ContentTypes;
import dev.llamastream.server.internal.net.Outbox;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/** A request over HTTP. Methods that respond may be called from any thread. */
final class HttpExchange implements Exchange {

  private static final long LINGER_MILLIS = 1_000;

  private final HttpServerRequest http;
  private final ServerContext serving;
  private final String id;
  private final String route;
  private final ErrorForm errors;
  private final Outbox outbox;
  private final long arrived = System.nanoTime();
  private final AtomicBoolean answered = new AtomicBoolean();
  private long heartbeat = -1;

  /** Called on the event loop. */
  HttpExchange(
      HttpServerRequest http,
      ServerContext serving,
      String route,
      ErrorForm errors,
      String client) {
    this.http = http;
    id = RequestIds.of(http.getHeader("x-request-id"));
    this.serving = serving;
    this.route = route;
    this.errors = errors;
    outbox = serving.outbox(client);
    // Anthropic's clients read the one, OpenAI's the other
    http.response().putHeader("request-id", id).putHeader("x-request-id", id);
    http.exceptionHandler(_ -> outbox.gone());
    http.response().exceptionHandler(_ -> outbox.gone());
    http.response().closeHandler(_ -> outbox.gone());
  }

  HttpServerRequest http() {
    return http;
  }

  @Override
  public String id() {
    return id;
  }

  @Override
  public ErrorForm errors() {
    return errors;
  }

  @Override
  public String method() {
    return http.method().name();
  }

  @Override
  public String path() {
    return Paths.of(http);
  }

  @Override
  public @Nullable String query() {
    return http.query();
  }

  @Override
  public @Nullable String header(String name) {
    return http.getHeader(name);
  }

  @Override
  public Duration heartbeat() {
    return serving.params().heartbeat();
  }

  @Override
  public Outbox outbox() {
    return outbox;
  }

  @Override
  public long arrived() {
    return arrived;
  }

  void reply(int status, byte[] json) {
    var _ = reply(status, ContentTypes.JSON, Map.of(), json);
  }

  @Override
  public CompletableFuture<Void> reply(
      int status, String contentType, Map<String, String> headers, byte[] body) {
    CompletableFuture<Void> out = new CompletableFuture<>();
    if (begin(status)) {
      serving
          .eventLoop()
          .runOnContext(
              _ -> {
                HttpServerResponse response = http.response();
                if (response.ended() || response.closed()) {
                  out.complete(null);
                  return;
                }
                response.setStatusCode(status);
                headers.forEach(response::putHeader);
                if (body.length > 0) {
                  response.putHeader("Content-Type", contentType);
                }
                response.end(Buffer.buffer(body)).onComplete(_ -> out.complete(null));
              });
    } else {
      out.complete(null);
    }
    return out;
  }

  /**
   * Responds before the whole request has been read. The connection cannot be reused afterwards.
   * Call on the event loop.
   */
  void refuse(ApiError error) {
    if (!http.isEnded() && hasBody()) {
      http.response().putHeader("Connection", "close");
      // a client that is still sending would miss the response if the connection closed now
      http.endHandler(_ -> closeAfterAnswer());
      serving.vertx().setTimer(LINGER_MILLIS, _ -> http.connection().close());
    }
    fail(error);
  }

  /** Responds to invalid HTTP. The request has no known end, so the connection is closed. */
  void refuseConnection(ApiError error) {
    http.response().putHeader("Connection", "close");
    fail(error);
    closeAfterAnswer();
  }

  /** Whether a body follows the head. */
  boolean hasBody() {
    String length = http.getHeader("Content-Length");
    return http.getHeader("Transfer-Encoding") != null || (length != null && !length.equals("0"));
  }

  /** Closes the connection after the response, which is already in the event loop's queue. */
  private void closeAfterAnswer() {
    serving.eventLoop().runOnContext(_ -> http.connection().close());
  }

  /** The response has heartbeats until {@link #end}: proxies time out silent ones. */
  @Override
  public <W extends StreamWriter> W stream(BiFunction<HttpServerResponse, Outbox, W> writer) {
    if (!begin(200)) {
      throw new IllegalStateException("answered already");
    }
    if (http.version() == HttpVersion.HTTP_1_0) {
      // HTTP/1.0 has no chunks, but Vert.x sends them anyway. Here the connection's end marks the
      // response's end.
      MultiMap headers = http.response().headers();
      http.response()
          .headersEndHandler(_ -> headers.remove("Transfer-Encoding").set("Connection", "close"));
    }
    W stream = writer.apply(http.response(), outbox);
    Duration interval = heartbeat();
    heartbeat = serving.vertx().setPeriodic(interval.toMillis(), _ -> stream.heartbeat(interval));
    return stream;
  }

  @Override
  public void end() {
    serving.vertx().cancelTimer(heartbeat);
    serving
        .eventLoop()
        .runOnContext(
            _ -> {
              if (!http.response().ended() && !http.response().closed()) {
                http.response().end();
              }
              if (http.version() == HttpVersion.HTTP_1_0) {
                http.connection().close();
              }
            });
  }

  private boolean begin(int status) {
    boolean first = answered.compareAndSet(false, true);
    if (first) {
      serving.meters().request(route, status);
    }
    return first;
  }
}
