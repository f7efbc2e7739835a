package dev.llamastream.server.internal.net;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.vertx.core.transport.Transport;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.ZoneId;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What to do while connections cannot be accepted, for instance because the process has as many
 * files open as it may: wait a moment, make room, and say so once a minute. Netty would log a stack
 * trace each time.
 */
public final class AcceptGuard extends ChannelInboundHandlerAdapter {

  private static final Logger LOGGER = System.getLogger(AcceptGuard.class.getName());
  private static final Duration SILENCE = Duration.ofMinutes(1);
  private static final Duration PAUSE = Duration.ofMillis(100);

  private volatile Runnable makeRoom = () -> {};
  private long lastLine = System.nanoTime() - SILENCE.toNanos();

  /** One for one server. */
  public AcceptGuard() {
    // a log line needs it, and what cannot be loaded for want of file handles can never be
    var _ = ZoneId.systemDefault();
  }

  /** What is called at each failure, on the thread that accepts. */
  public void makesRoom(Runnable action) {
    makeRoom = action;
  }

  /** Has the server that listens guarded. */
  public Transport transport() {
    return new GuardedTransport(this);
  }

  /** Netty's own handler comes after this one, and is not told. */
  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable failure) {
    Channel server = context.channel();
    server.config().setAutoRead(false);
    makeRoom.run();
    var _ =
        server
            .eventLoop()
            .schedule(
                () -> goOn(server, failure.getMessage()), PAUSE.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** There is room now, which logging may need too. */
  private void goOn(Channel server, @Nullable String reason) {
    server.config().setAutoRead(true);
    long now = System.nanoTime();
    if (now - lastLine >= SILENCE.toNanos()) {
      lastLine = now;
      LOGGER.log(Level.WARNING, "connections cannot be accepted: " + reason);
    }
  }
}
