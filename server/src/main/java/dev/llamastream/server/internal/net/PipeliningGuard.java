package dev.llamastream.server.internal.net;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.llamastream.server.internal.json.ApiError;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;

/**
 * Allows one request at a time and handles the end of a connection. A request that arrives before
 * the previous response has been sent is dropped. The connection then closes after that response,
 * as RFC 9112, 9.3.2 allows. Vert.x would queue the request and stop reading, so it would not
 * detect a disconnect.
 *
 * <p>When a client closes its sending side, it may still read (half-closed connection) or have
 * disconnected: both look the same. If its request is complete, it gets a response. Until that is
 * sent, this handler probes the connection with bytes that the client ignores. A disconnected
 * client answers a probe with a reset.
 */
final class PipeliningGuard extends ChannelDuplexHandler {

  private static final long FIRST_PROBE_MILLIS = 50;
  private static final long MAX_PROBE_MILLIS = 5_000;
  private static final byte[] CONTINUE = "HTTP/1.1 100 Continue\r\n\r\n".getBytes(US_ASCII);
  private static final byte[] COMMENT = ":\n\n".getBytes(US_ASCII);
  private static final byte[] COMMENT_CHUNK = "3\r\n:\n\n\r\n".getBytes(US_ASCII);

  /** The state of the response, which decides what a probe may send. */
  private enum Answer {
    NONE,
    AWAITED,
    EVENTS,
    CHUNKED_EVENTS,
    OTHER
  }

  private final IntConsumer onRefused;
  private Answer answer = Answer.NONE;
  private boolean old;
  private boolean whole = true;
  private boolean dropping;
  private boolean refused;
  private boolean upgraded;

  /** Calls this with the status of each response that the guard sends itself. */
  PipeliningGuard(IntConsumer onRefused) {
    this.onRefused = onRefused;
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    if (message instanceof HttpRequest request) {
      dropping |= answer != Answer.NONE;
      if (!dropping) {
        answer = Answer.AWAITED;
        whole = false;
        old = request.protocolVersion().equals(HttpVersion.HTTP_1_0);
      }
    }
    if ((dropping || refused) && message instanceof HttpObject) {
      ReferenceCountUtil.release(message);
      return;
    }
    whole |= message instanceof LastHttpContent;
    if (answer == Answer.AWAITED
        && !(message instanceof HttpRequest)
        && message instanceof HttpContent part
        && part.decoderResult().isFailure()) {
      part.release();
      refuse(context.channel(), ApiError.badRequest("the chunks of the body make no sense"));
    } else {
      context.fireChannelRead(message);
    }
  }

  /** Handles a timeout of the next request's head, or of the rest of the current request. */
  void timeOut(Channel channel) {
    if (whole) {
      refuse(channel, ApiError.refused(408, "timeout", "the head took too long"));
    } else {
      var _ = channel.pipeline().firstContext().close();
    }
  }

  private void refuse(Channel channel, ApiError error) {
    if (!refused) {
      refused = true;
      onRefused.accept(error.status());
      LastAnswer.send(channel, error);
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    if (event instanceof ChannelInputShutdownEvent) {
      inputEnded(context);
    }
    context.fireUserEventTriggered(event);
  }

  private void inputEnded(ChannelHandlerContext context) {
    boolean speechless = ((DuplexChannel) context.channel()).isOutputShutdown();
    if (!whole || upgraded || speechless) {
      var _ = context.close();
    } else if (answer == Answer.NONE) {
      closeAfterWrites(context);
    } else {
      dropping = true;
      probeIn(context, FIRST_PROBE_MILLIS);
    }
  }

  private static void closeAfterWrites(ChannelHandlerContext context) {
    var _ = context.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
  }

  /** Schedules probes. When a probe cannot be delivered, the next one fails. */
  private void probeIn(ChannelHandlerContext context, long millis) {
    var _ =
        context
            .executor()
            .schedule(
                () -> {
                  if (context.channel().isActive() && answer != Answer.NONE) {
                    probe(context);
                    probeIn(context, Math.min(2 * millis, MAX_PROBE_MILLIS));
                  }
                },
                millis,
                TimeUnit.MILLISECONDS);
  }

  private void probe(ChannelHandlerContext context) {
    switch (answer) {
      case AWAITED -> {
        if (old) {
          var _ = context.close(); // HTTP/1.0 has nothing that the client would ignore
        } else {
          write(context, CONTINUE);
        }
      }
      case EVENTS -> write(context, COMMENT);
      case CHUNKED_EVENTS -> write(context, COMMENT_CHUNK);
      default -> {} // the response is being sent, which detects a disconnect
    }
  }

  private static void write(ChannelHandlerContext context, byte[] bytes) {
    var _ = RawBytes.write(context.pipeline(), bytes);
  }

  /** Closes on a reset, which Netty would treat as the end of the client's input. */
  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable failure) {
    context.fireExceptionCaught(failure);
    if (failure instanceof IOException) {
      var _ = context.close();
    }
  }

  @Override
  public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
    if (refused) {
      ReferenceCountUtil.release(message);
      if (!promise.isVoid()) {
        var _ = promise.tryFailure(new ClosedChannelException());
      }
      return;
    }
    boolean interim = false;
    if (message instanceof HttpResponse response) {
      upgraded = response.status().equals(HttpResponseStatus.SWITCHING_PROTOCOLS);
      interim = !upgraded && response.status().codeClass() == HttpStatusClass.INFORMATIONAL;
      if (!interim) {
        answer = kind(response);
      }
    }
    boolean last = !interim && message instanceof LastHttpContent;
    var _ = context.write(message, promise);
    if (last) {
      answer = Answer.NONE;
      if (dropping) {
        closeAfterWrites(context);
      }
    }
  }

  private static Answer kind(HttpResponse response) {
    String type = response.headers().get(HttpHeaderNames.CONTENT_TYPE, "");
    if (!type.startsWith(ContentTypes.EVENTS)) {
      return Answer.OTHER;
    }
    return HttpUtil.isTransferEncodingChunked(response) ? Answer.CHUNKED_EVENTS : Answer.EVENTS;
  }
}
