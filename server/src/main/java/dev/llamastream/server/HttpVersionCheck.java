package dev.llamastream.server;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import java.util.Set;

/** Makes another version of HTTP a malformed request, which Vert.x would answer with 501. */
final class HttpVersionCheck extends ChannelInboundHandlerAdapter {

  private static final Set<HttpVersion> KNOWN = Set.of(HttpVersion.HTTP_1_0, HttpVersion.HTTP_1_1);

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    if (message instanceof HttpRequest request && !KNOWN.contains(request.protocolVersion())) {
      request.setProtocolVersion(HttpVersion.HTTP_1_1);
      request.setDecoderResult(
          DecoderResult.failure(new IllegalArgumentException("not HTTP/1.1 or 1.0")));
    }
    context.fireChannelRead(message);
  }
}
