package dev.llamastream.server.internal.http;

import dev.llamastream.server.internal.net.Outbox;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.net.SocketAddress;

/** What all requests share. */
public record ServerContext(
    ServedModels models, HttpParams params, InFlight inFlight, Vertx vertx, Context eventLoop) {

  Meters meters() {
    return models.meters();
  }

  /** Creates the outbox of one connection. */
  Outbox outbox(HttpConnection connection) {
    SocketAddress address = connection.remoteAddress();
    String client = address == null ? "" : String.valueOf(address.hostAddress());
    return new Outbox(client, task -> eventLoop.runOnContext(_ -> task.run()), params.sendBuffer());
  }

  /** Runs a task on its own virtual thread and counts it as in flight. */
  void start(Runnable task) {
    inFlight.begin();
    Thread.ofVirtual()
        .name("llamastream-request")
        .start(
            () -> {
              try {
                task.run();
              } finally {
                inFlight.end();
              }
            });
  }
}
