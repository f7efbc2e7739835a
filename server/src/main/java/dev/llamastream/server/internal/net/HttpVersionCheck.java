package dev.llamastream.server.internal.net;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.ReferenceCountUtil;
import java.util.Set;

/**
 * Marks requests of other HTTP versions as malformed, which Vert.x would answer with 501. Clients
 * that start with HTTP/2 get an HTTP/2 error that asks for HTTP/1.1.
 */
final class HttpVersionCheck extends ChannelInboundHandlerAdapter {

  private static final Set<HttpVersion> KNOWN = Set.of(HttpVersion.HTTP_1_0, HttpVersion.HTTP_1_1);

  /**
   * The start of HTTP/2's connection preface (RFC 9113, 3.4), which parses as an HTTP/1.1 method.
   */
  private static final String PREFACE = "PRI";

  private static final byte[] EMPTY_SETTINGS = {0, 0, 0, 4, 0, 0, 0, 0, 0};
  private static final byte[] REASON = "HTTP/1.1 only".getBytes(US_ASCII);

  /** GOAWAY with no stream processed and error 13, HTTP_1_1_REQUIRED (RFC 9113, 6.8 and 7). */
  private static final byte[] GO_AWAY = {
    0, 0, (byte) (8 + REASON.length), 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 13
  };

  private boolean http2;

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    if (message instanceof HttpRequest request && !KNOWN.contains(request.protocolVersion())) {
      if (request.method().name().equals(PREFACE)) {
        http2 = true;
        LastAnswer.send(context.channel(), EMPTY_SETTINGS, GO_AWAY, REASON);
      }
      request.setProtocolVersion(HttpVersion.HTTP_1_1);
      request.setDecoderResult(
          DecoderResult.failure(new IllegalArgumentException("not HTTP/1.1 or 1.0")));
    }
    if (http2) {
      ReferenceCountUtil.release(message);
    } else {
      context.fireChannelRead(message);
    }
  }
}
