package dev.llamastream.server.internal.net;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.ContinuationWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.Utf8FrameValidator;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import java.nio.channels.ClosedChannelException;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Joins the fragments of WebSocket messages. If the client violates RFC 6455, this closes the
 * socket with a close frame that gives the reason. Vert.x only reports a violation, and does not
 * count an empty first fragment as a fragment.
 */
public final class FrameGuard extends ChannelDuplexHandler {

  private static final int LINGER_SECONDS = 5;
  private static final int MAX_CLOSE_CODE = 4_999;

  private final int maxMessageBytes;
  private @Nullable ByteBuf fragments;
  private boolean text;
  private Runnable onFailure = () -> {};
  private boolean closeSent;
  private boolean failed;

  FrameGuard(int maxMessageBytes) {
    this.maxMessageBytes = maxMessageBytes;
  }

  /** Fails the socket because the client has violated a rule. Call on the event loop. */
  static void fail(ChannelHandlerContext context, WebSocketCloseStatus status, String reason) {
    context
        .pipeline()
        .fireExceptionCaught(new CorruptedWebSocketFrameException(status, reason, null));
  }

  /**
   * Sets an action that runs on the event loop when the client violates the protocol. Input is
   * ignored after that.
   */
  public void onFailure(Runnable listener) {
    onFailure = listener;
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    if (!(message instanceof WebSocketFrame frame)) {
      context.fireChannelRead(message);
    } else if (failed || (closeSent && !(frame instanceof CloseWebSocketFrame))) {
      frame.release();
    } else if (frame instanceof CloseWebSocketFrame close) {
      checkClose(context, close);
    } else if (frame instanceof ContinuationWebSocketFrame || !frame.isFinalFragment()) {
      assemble(context, frame);
    } else {
      context.fireChannelRead(frame);
    }
  }

  /** Checks what Netty's decoder does not. */
  private void checkClose(ChannelHandlerContext context, CloseWebSocketFrame close) {
    ByteBuf payload = close.content();
    int code = close.statusCode();
    if (code > MAX_CLOSE_CODE) {
      close.release();
      fail(context, WebSocketCloseStatus.PROTOCOL_ERROR, "the close code is unknown");
    } else if (payload.readableBytes() > 2
        && !ByteBufUtil.isText(
            payload, payload.readerIndex() + 2, payload.readableBytes() - 2, UTF_8)) {
      close.release();
      fail(context, WebSocketCloseStatus.INVALID_PAYLOAD_DATA, "the close reason is not UTF-8");
    } else {
      context.fireChannelRead(close);
    }
  }

  private void assemble(ChannelHandlerContext context, WebSocketFrame frame) {
    try {
      if (fragments == null) {
        fragments = context.alloc().buffer();
        text = frame instanceof TextWebSocketFrame;
      }
      if (frame.content().readableBytes() > maxMessageBytes - fragments.readableBytes()) {
        fail(context, WebSocketCloseStatus.MESSAGE_TOO_BIG, "");
        return;
      }
      fragments.writeBytes(frame.content());
    } finally {
      frame.release();
    }
    if (frame.isFinalFragment()) {
      ByteBuf whole = fragments;
      fragments = null;
      context.fireChannelRead(
          text ? new TextWebSocketFrame(whole) : new BinaryWebSocketFrame(whole));
    }
  }

  /** Fails the connection (RFC 6455, 7.1.7). */
  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable failure) {
    if (!(failure instanceof CorruptedWebSocketFrameException violation)) {
      context.fireExceptionCaught(failure);
    } else if (!failed) {
      failed = true;
      dropFragments();
      context.pipeline().remove(Utf8FrameValidator.class);
      goodbye(context, violation);
      onFailure.run();
    }
  }

  /**
   * Sends the close frame, then reads and drops further input. Without that, the operating system
   * would reset the connection, and the client might miss the close frame.
   */
  private void goodbye(ChannelHandlerContext context, CorruptedWebSocketFrameException violation) {
    Object last = closeSent ? Unpooled.EMPTY_BUFFER : closeFrame(violation);
    closeSent = true;
    var _ =
        context
            .writeAndFlush(last)
            .addListener(
                written -> {
                  if (written.isSuccess()) {
                    var _ = ((DuplexChannel) context.channel()).shutdownOutput();
                  }
                });
    var _ = context.executor().schedule(() -> close(context), LINGER_SECONDS, TimeUnit.SECONDS);
  }

  private static void close(ChannelHandlerContext context) {
    var _ = context.close();
  }

  private CloseWebSocketFrame closeFrame(CorruptedWebSocketFrameException violation) {
    WebSocketCloseStatus status = violation.closeStatus();
    return new CloseWebSocketFrame(
        status,
        status.equals(WebSocketCloseStatus.MESSAGE_TOO_BIG)
            ? String.format(Locale.ROOT, "a message must have at most %d bytes", maxMessageBytes)
            : violation.getMessage());
  }

  /** Drops frames after a close frame (RFC 6455, 5.5.1), which Vert.x would send. */
  @Override
  public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
    if (message instanceof WebSocketFrame frame) {
      if (closeSent) {
        frame.release();
        if (!promise.isVoid()) {
          var _ = promise.setFailure(new ClosedChannelException());
        }
        return;
      }
      closeSent = frame instanceof CloseWebSocketFrame;
    }
    var _ = context.write(message, promise);
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext context) {
    dropFragments();
  }

  private void dropFragments() {
    if (fragments != null) {
      fragments.release();
      fragments = null;
    }
  }
}
