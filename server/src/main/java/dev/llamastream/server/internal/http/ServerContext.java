package dev.llamastream.server.internal.http;

import dev.llamastream.server.internal.net.Outbox;
import io.vertx.core.Context;
import io.vertx.core.Vertx;

/** What all requests share. */
public record ServerContext(
    ServedModels models,
    HttpParams params,
    RateLimit rates,
    InFlight inFlight,
    Vertx vertx,
    Context eventLoop) {

  Meters meters() {
    return models.meters();
  }

  /** Creates the outbox of one connection of a client. */
  Outbox outbox(String client) {
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
