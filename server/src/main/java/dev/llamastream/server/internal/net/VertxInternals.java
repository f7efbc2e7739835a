package dev.llamastream.server.internal.net;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.impl.transports.NioTransport;
import io.vertx.core.impl.transports.TransportInternal;
import io.vertx.core.net.TcpConfig;
import io.vertx.core.net.impl.ConnectionBase;
import io.vertx.core.transport.Transport;

/**
 * All that leans on Vert.x's {@code impl} packages, which may change with any version. Its test
 * names the version that this was last checked with.
 */
final class VertxInternals {

  private VertxInternals() {}

  /** Vert.x's own handler in the pipeline of a connection. */
  static ChannelHandlerContext handler(HttpConnection connection) {
    return ((ConnectionBase) connection).channelHandlerContext();
  }

  /** Has the channel that accepts connections handled by this, too. */
  static Transport acceptingWith(ChannelHandler guard) {
    return new TransportInternal(
        "nio",
        true,
        null,
        new NioTransport() {
          @Override
          public void configure(TcpConfig config, boolean domain, ServerBootstrap bootstrap) {
            super.configure(config, domain, bootstrap);
            bootstrap.handler(guard);
          }
        });
  }
}
