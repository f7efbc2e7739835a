package dev.llamastream.server.internal.net;

import io.netty.channel.ChannelHandlerContext;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.net.impl.ConnectionBase;

/**
 * All that leans on Vert.x's {@code impl} packages, which may change with any version. Its test
 * names the version that this was last checked with.
 */
public final class VertxInternals {

  private static final String PACKAGE = "io.vertx.core.net.impl";

  private VertxInternals() {}

  /**
   * Vert.x's module exports them to nobody; on the class path there is nothing to ask for.
   *
   * @throws IllegalStateException if the flag that opens them is missing
   */
  public static void requireAccess() {
    Module ours = VertxInternals.class.getModule();
    Module vertx = HttpConnection.class.getModule();
    if (!vertx.isExported(PACKAGE, ours)) {
      throw new IllegalStateException(
          "java needs --add-exports "
              + vertx.getName()
              + "/"
              + PACKAGE
              + "="
              + (ours.isNamed() ? ours.getName() : "ALL-UNNAMED"));
    }
  }

  /** Vert.x's own handler in the pipeline of a connection. */
  static ChannelHandlerContext handler(HttpConnection connection) {
    return ((ConnectionBase) connection).channelHandlerContext();
  }
}
