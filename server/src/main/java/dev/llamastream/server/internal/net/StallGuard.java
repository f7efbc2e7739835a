package dev.llamastream.server.internal.net;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.handler.timeout.IdleStateEvent;
import io.netty.handler.timeout.IdleStateHandler;
import java.time.Duration;

/** Cuts a connection whose peer has taken nothing, for so long, of what waits to be sent to it. */
final class StallGuard extends IdleStateHandler {

  StallGuard(Duration limit) {
    super(true, 0, limit.toNanos(), 0, NANOSECONDS);
  }

  /** The first event after a write does not tell whether a part of the next has been taken. */
  @Override
  protected void channelIdle(ChannelHandlerContext context, IdleStateEvent event) {
    ChannelOutboundBuffer waiting = context.channel().unsafe().outboundBuffer();
    if (!event.isFirst() && waiting != null && waiting.totalPendingWriteBytes() > 0) {
      // not Vert.x's close, which waits until what was written before is out
      var _ = context.close();
    }
  }
}
