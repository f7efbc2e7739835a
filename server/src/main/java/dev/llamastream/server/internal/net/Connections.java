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
 * The open connections, and until when each must have sent the head of its next request: who takes
 * forever over it would hold it open forever. For the event loop.
 */
public final class Connections {

  private final Vertx vertx;
  private final ConnectionLimits limits;
  private final AtomicInteger count;
  private final IntConsumer onRefused;
  private final Map<HttpConnection, Long> timers = new HashMap<>();

  /** Those without a request, the one that has been so for longest first. */
  private final Set<HttpConnection> idle = new LinkedHashSet<>();

  /**
   * None so far.
   *
   * @param count has how many are open
   * @param onRefused called with the status of each answer to what was no request
   */
  public Connections(
      Vertx vertx, ConnectionLimits limits, AtomicInteger count, IntConsumer onRefused) {
    this.vertx = vertx;
    this.limits = limits;
    this.count = count;
    this.onRefused = onRefused;
  }

  /** A peer has connected. */
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
    // who has said all may still listen: see PipeliningGuard
    channel.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
    // Vert.x forgets its own close handler when the connection becomes a WebSocket
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

  /** Closes the connection that has been idle for longest. Whether there was one. */
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

  /** A request is there. */
  public void busy(HttpConnection connection) {
    idle.remove(connection);
    Long timer = timers.get(connection);
    if (timer != null) {
      vertx.cancelTimer(timer);
    }
  }

  /** Its answer is out. */
  public void idle(HttpConnection connection) {
    if (timers.containsKey(connection)) {
      idle.add(connection);
      channel(connection).pipeline().get(HeadWatch.class).reset();
      expect(connection, limits.idleTimeout());
    }
  }

  /**
   * Closes a connection now. Vert.x's own close waits until what was written before is out, which a
   * peer that does not read can put off for ever.
   */
  public static void cut(HttpConnection connection) {
    var _ = channel(connection).pipeline().firstContext().close();
  }

  /** Closes a WebSocket whose peer does what it must not do, and tells it why. */
  public static void fail(HttpConnection connection, WebSocketCloseStatus status, String reason) {
    FrameGuard.fail(VertxInternals.handler(connection), status, reason);
  }

  /** What keeps to the protocol of a WebSocket. */
  public static FrameGuard frames(HttpConnection connection) {
    return channel(connection).pipeline().get(FrameGuard.class);
  }

  private static Channel channel(HttpConnection connection) {
    return VertxInternals.handler(connection).channel();
  }

  /** Cuts all. */
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
