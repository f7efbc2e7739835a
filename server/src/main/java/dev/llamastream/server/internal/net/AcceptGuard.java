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
 * Handles failures to accept connections, for instance when the process has reached its limit of
 * open files. It pauses, makes room, and logs once a minute. Netty would log a stack trace each
 * time.
 */
public final class AcceptGuard extends ChannelInboundHandlerAdapter {

  private static final Logger LOGGER = System.getLogger(AcceptGuard.class.getName());
  private static final Duration SILENCE = Duration.ofMinutes(1);
  private static final Duration PAUSE = Duration.ofMillis(100);

  private volatile Runnable makeRoom = () -> {};
  private long lastLine = System.nanoTime() - SILENCE.toNanos();

  /** Creates the guard of one server. */
  public AcceptGuard() {
    // logging needs this class; it could not be loaded once file handles have run out
    var _ = ZoneId.systemDefault();
  }

  /** Sets an action that runs on the accepting thread at each failure. */
  public void makesRoom(Runnable action) {
    makeRoom = action;
  }

  /** A transport that installs this guard on listening sockets. */
  public Transport transport() {
    return new GuardedTransport(this);
  }

  /** Pauses accepting. Does not pass the failure on to Netty's own handler. */
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

  /** Accepts again and logs. There is room now, which logging may need too. */
  private void goOn(Channel server, @Nullable String reason) {
    server.config().setAutoRead(true);
    long now = System.nanoTime();
    if (now - lastLine >= SILENCE.toNanos()) {
      lastLine = now;
      LOGGER.log(Level.WARNING, "connections cannot be accepted: " + reason);
    }
  }
}
