package dev.llamastream.server.internal.net;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;

/**
 * Drops a WebSocket's pings while the client does not read. Vert.x would queue an unbounded number
 * of pongs. RFC 6455, 5.5.3 allows answering only the latest ping.
 */
final class PingFilter extends ChannelInboundHandlerAdapter {

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    if (message instanceof PingWebSocketFrame ping && !context.channel().isWritable()) {
      ping.release();
    } else {
      context.fireChannelRead(message);
    }
  }
}
