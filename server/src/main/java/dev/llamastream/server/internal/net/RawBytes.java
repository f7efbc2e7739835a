package dev.llamastream.server.internal.net;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.ssl.SslHandler;
import java.util.List;

/** Bytes for the peer that no handler changes, except that TLS encrypts them. */
final class RawBytes {

  private RawBytes() {}

  /** Writes bytes. Call on the event loop. */
  static ChannelFuture write(ChannelPipeline pipeline, byte[]... parts) {
    return start(pipeline).writeAndFlush(Unpooled.wrappedBuffer(parts));
  }

  /** A write starts at the handler before this one. */
  private static ChannelHandlerContext start(ChannelPipeline pipeline) {
    ChannelHandlerContext tls = pipeline.context(SslHandler.class);
    if (tls == null) {
      return pipeline.firstContext();
    }
    List<String> names = pipeline.names();
    return pipeline.context(names.get(names.indexOf(tls.name()) + 1));
  }
}
