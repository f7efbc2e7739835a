package dev.llamastream.server.internal.net;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.handler.codec.http.websocketx.Utf8FrameValidator;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;

/**
 * Tracks the open connections and their deadlines for the head of the next request. Without a
 * deadline, a slow client could hold a connection open forever. Used on the event loop.
 */
public final class Connections {

  private final Vertx vertx;
  private final ConnectionLimits limits;
  private final AtomicInteger count;
  private final IntConsumer onRefused;
  private final Map<HttpConnection, Long> timers = new HashMap<>();

  /** The connections without a request, longest idle first. */
  private final Set<HttpConnection> idle = new LinkedHashSet<>();

  /**
   * Creates an empty set of connections.
   *
   * @param count receives the number of open connections
   * @param onRefused called with the status of each response to invalid input
   */
  public Connections(
      Vertx vertx, ConnectionLimits limits, AtomicInteger count, IntConsumer onRefused) {
    this.vertx = vertx;
    this.limits = limits;
    this.count = count;
    this.onRefused = onRefused;
  }

  /** Registers a new connection. */
  public void opened(HttpConnection connection) {
    if (timers.size() >= limits.connections() && !makeRoom()) {
      connection.close();
      return;
    }
    idle.add(connection);
    expect(connection, limits.headerTimeout());
    count.incrementAndGet();
    ChannelHandlerContext vertxHandler = VertxInternals.handler(connection);
    vertxHandler
        .pipeline()
        .addFirst("head", new HeadWatch(() -> expect(connection, limits.headerTimeout())))
        .addFirst("stall", new StallGuard(limits.stallTimeout()))
        .addBefore(vertxHandler.name(), "version", new HttpVersionCheck())
        .addBefore(vertxHandler.name(), "pipelining", new PipeliningGuard(onRefused))
        .addBefore(vertxHandler.name(), "utf8", new Utf8FrameValidator(false))
        .addBefore(vertxHandler.name(), "frames", new FrameGuard(limits.messageBytes()))
        .addBefore(vertxHandler.name(), "ping", new PingFilter());
    Channel channel = channel(connection);
    // a client that has closed its sending side may still read: see PipeliningGuard
    channel.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
    // Vert.x drops its own close handler when the connection becomes a WebSocket
    channel.closeFuture().addListener(_ -> closed(connection));
  }

  private void closed(HttpConnection connection) {
    idle.remove(connection);
    Long timer = timers.remove(connection);
    if (timer != null) {
      vertx.cancelTimer(timer);
    }
    count.decrementAndGet();
  }

  /** Closes the connection that has been idle longest. Returns false if none is idle. */
  public boolean makeRoom() {
    for (HttpConnection connection : idle) {
      ChannelOutboundBuffer waiting = channel(connection).unsafe().outboundBuffer();
      if (waiting == null || waiting.isEmpty()) {
        idle.remove(connection);
        cut(connection);
        return true;
      }
    }
    return false;
  }

  /** Called when a request has started. */
  public void busy(HttpConnection connection) {
    idle.remove(connection);
    Long timer = timers.get(connection);
    if (timer != null) {
      vertx.cancelTimer(timer);
    }
  }

  /** Called when the response has been sent. */
  public void idle(HttpConnection connection) {
    if (timers.containsKey(connection)) {
      idle.add(connection);
      channel(connection).pipeline().get(HeadWatch.class).reset();
      expect(connection, limits.idleTimeout());
    }
  }

  /**
   * Closes a connection immediately. Vert.x's own close first waits for pending writes, which a
   * client that does not read can delay forever.
   */
  public static void cut(HttpConnection connection) {
    var _ = channel(connection).pipeline().firstContext().close();
  }

  /** Closes a WebSocket whose client violates a rule, with a close frame that gives the reason. */
  public static void fail(HttpConnection connection, WebSocketCloseStatus status, String reason) {
    FrameGuard.fail(VertxInternals.handler(connection), status, reason);
  }

  /** The guard that enforces the WebSocket protocol. */
  public static FrameGuard frames(HttpConnection connection) {
    return channel(connection).pipeline().get(FrameGuard.class);
  }

  private static Channel channel(HttpConnection connection) {
    return VertxInternals.handler(connection).channel();
  }

  /** Closes all connections immediately. */
  public void cutAll() {
    List.copyOf(timers.keySet()).forEach(Connections::cut);
  }

  private void expect(HttpConnection connection, Duration limit) {
    Long former = timers.put(connection, vertx.setTimer(limit.toMillis(), _ -> late(connection)));
    if (former != null) {
      vertx.cancelTimer(former);
    }
  }

  private static void late(HttpConnection connection) {
    Channel channel = channel(connection);
    if (channel.pipeline().get(HeadWatch.class).begun()) {
      channel.pipeline().get(PipeliningGuard.class).timeOut(channel);
    } else {
      connection.close();
    }
  }
}
