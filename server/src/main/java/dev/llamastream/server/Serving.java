package dev.llamastream.server;

import dev.llamastream.Model;
import dev.llamastream.engine.Engine;
import io.vertx.core.Context;
import io.vertx.core.Vertx;

/** What all requests share. */
record Serving(
    Engine engine,
    Model model,
    ServerParams params,
    ServerMetrics metrics,
    Streams streams,
    InFlight inFlight,
    Vertx vertx,
    Context eventLoop) {

  /** How many bytes a body or a message may have. */
  int bodyLimit() {
    return params.bodyLimit(engine.contextSize());
  }

  /** For one peer. */
  Outbox outbox() {
    return new Outbox(eventLoop, params.sendBuffer());
  }

  /** Runs this on a virtual thread of its own, and counts it while it runs. */
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
