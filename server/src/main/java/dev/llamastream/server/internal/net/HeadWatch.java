package dev.llamastream.server.internal.net;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

/** Detects when a request's head begins. */
final class HeadWatch extends ChannelInboundHandlerAdapter {

  private final Runnable onBegin;
  private boolean begun;

  HeadWatch(Runnable onBegin) {
    this.onBegin = onBegin;
  }

  /** Whether a part of the head has arrived. */
  boolean begun() {
    return begun;
  }

  /** Waits for the next head. */
  void reset() {
    begun = false;
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object bytes) {
    if (!begun) {
      begun = true;
      onBegin.run();
    }
    context.fireChannelRead(bytes);
  }
}
