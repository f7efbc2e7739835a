package dev.llamastream.server.internal.net;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.handler.timeout.IdleStateEvent;
import io.netty.handler.timeout.IdleStateHandler;
import java.time.Duration;

/** Closes a connection whose client has left pending data unread for this long. */
final class StallGuard extends IdleStateHandler {

  StallGuard(Duration limit) {
    super(true, 0, limit.toNanos(), 0, NANOSECONDS);
  }

  /** Ignores the first event after a write: the client may have read some data just before it. */
  @Override
  protected void channelIdle(ChannelHandlerContext context, IdleStateEvent event) {
    ChannelOutboundBuffer waiting = context.channel().unsafe().outboundBuffer();
    if (!event.isFirst() && waiting != null && waiting.totalPendingWriteBytes() > 0) {
      // Vert.x's close would first wait for pending writes
      var _ = context.close();
    }
  }
}
