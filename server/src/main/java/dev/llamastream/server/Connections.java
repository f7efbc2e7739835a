package dev.llamastream.server;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.net.impl.ConnectionBase;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The open connections, and until when each must have sent the head of its next request: who takes
 * forever over it would hold it open forever. For the event loop.
 */
final class Connections {

  private final Vertx vertx;
  private final ServerParams params;
  private final Map<HttpConnection, Long> timers = new HashMap<>();

  Connections(Vertx vertx, ServerParams params) {
    this.vertx = vertx;
    this.params = params;
  }

  void opened(HttpConnection connection) {
    if (timers.size() >= params.maxConnections()) {
      connection.close();
      return;
    }
    expect(connection, params.headerTimeout());
    params.metrics().connections().incrementAndGet();
    ChannelHandlerContext vertxHandler = ((ConnectionBase) connection).channelHandlerContext();
    vertxHandler
        .pipeline()
        .addFirst("stall", new StallGuard(params.stallTimeout()))
        .addBefore(vertxHandler.name(), "version", new HttpVersionCheck())
        .addBefore(vertxHandler.name(), "pipelining", new PipeliningGuard())
        .addBefore(vertxHandler.name(), "ping", new PingFilter());
    // Vert.x forgets its own close handler when the connection becomes a WebSocket
    channel(connection).closeFuture().addListener(_ -> closed(connection));
  }

  private void closed(HttpConnection connection) {
    Long timer = timers.remove(connection);
    if (timer != null) {
      vertx.cancelTimer(timer);
    }
    params.metrics().connections().decrementAndGet();
  }

  /** A request is there. */
  void busy(HttpConnection connection) {
    Long timer = timers.get(connection);
    if (timer != null) {
      vertx.cancelTimer(timer);
    }
  }

  /** Its answer is out. */
  void idle(HttpConnection connection) {
    if (timers.containsKey(connection)) {
      expect(connection, params.idleTimeout());
    }
  }

  /**
   * Closes a connection now. Vert.x's own close waits until what was written before is out, which a
   * peer that does not read can put off for ever.
   */
  static void cut(HttpConnection connection) {
    var _ = channel(connection).pipeline().firstContext().close();
  }

  private static Channel channel(HttpConnection connection) {
    return ((ConnectionBase) connection).channelHandlerContext().channel();
  }

  /** Cuts all. */
  void cutAll() {
    List.copyOf(timers.keySet()).forEach(Connections::cut);
  }

  private void expect(HttpConnection connection, Duration limit) {
    timers.put(connection, vertx.setTimer(limit.toMillis(), _ -> connection.close()));
  }
}
