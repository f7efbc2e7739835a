package dev.llamastream.server.internal.net;

import io.netty.channel.ChannelHandlerContext;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.net.impl.ConnectionBase;

/**
 * The only class that uses Vert.x's {@code impl} packages, which may change in any version. Its
 * test names the version that was last checked.
 */
public final class VertxInternals {

  private static final String PACKAGE = "io.vertx.core.net.impl";

  private VertxInternals() {}

  /**
   * Checks that Vert.x's internal packages are accessible. Its module does not export them; on the
   * class path no flag is needed.
   *
   * @throws IllegalStateException if the flag that exports them is missing
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

  /** Vert.x's own handler in a connection's pipeline. */
  static ChannelHandlerContext handler(HttpConnection connection) {
    return ((ConnectionBase) connection).channelHandlerContext();
  }
}
