package dev.llamastream.server.internal.http;

import dev.llamastream.server.internal.json.ApiError;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.util.Locale;
import java.util.function.Consumer;

/** Collects a request's body up to a limit. Runs on the event loop. */
final class BodyReader {

  private final HttpExchange exchange;
  private final int limit;
  private final Consumer<byte[]> done;
  private final long timer;
  private final ServerContext serving;
  private Buffer body = Buffer.buffer();
  private boolean refused;

  private BodyReader(HttpExchange exchange, ServerContext serving, Consumer<byte[]> done) {
    this.exchange = exchange;
    this.serving = serving;
    this.done = done;
    limit = serving.params().bodyLimit();
    timer =
        serving
            .vertx()
            .setTimer(
                serving.params().bodyTimeout().toMillis(),
                _ -> exchange.refuse(ApiError.refused(408, "timeout", "the body took too long")));
  }

  /** Passes the body to the callback once complete, or responds with an error if it never is. */
  static void read(HttpExchange exchange, ServerContext serving, Consumer<byte[]> done) {
    BodyReader reader = new BodyReader(exchange, serving, done);
    HttpServerRequest http = exchange.http();
    exchange.outbox().onGone(() -> serving.vertx().cancelTimer(reader.timer));
    http.handler(reader::take);
    http.endHandler(_ -> reader.end());
  }

  /** The error for a body that exceeds the limit. */
  static ApiError tooLong(int limit) {
    return ApiError.refused(
        413, "body_too_large", String.format(Locale.ROOT, "the body may have %d bytes", limit));
  }

  private void take(Buffer part) {
    if (refused) {
      return;
    }
    if (body.length() + part.length() > limit) {
      refused = true;
      body = Buffer.buffer();
      serving.vertx().cancelTimer(timer);
      exchange.refuse(tooLong(limit));
    } else {
      body.appendBuffer(part);
    }
  }

  private void end() {
    serving.vertx().cancelTimer(timer);
    if (!refused) {
      byte[] whole = body.getBytes();
      body = Buffer.buffer(); // release it: listeners keep this reader until the response ends
      done.accept(whole);
    }
  }
}
