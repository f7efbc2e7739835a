package dev.llamastream.server.internal.net;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.llamastream.server.internal.json.ApiError;
import dev.llamastream.server.internal.json.Json;
import io.netty.channel.Channel;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.concurrent.TimeUnit;

/** Sends the last bytes of a connection past Vert.x, which would close it without a response. */
final class LastAnswer {

  private static final long LINGER_MILLIS = 1_000;

  private LastAnswer() {}

  /** Sends an error response, then closes. Call on the event loop. */
  static void send(Channel channel, ApiError error) {
    byte[] body = Json.write(error.body()).getBytes(UTF_8);
    String head =
        String.join(
            "\r\n",
            "HTTP/1.1 " + HttpResponseStatus.valueOf(error.status()),
            "Content-Type: " + ContentTypes.JSON,
            "X-Content-Type-Options: nosniff",
            "Content-Length: " + body.length,
            "Connection: close",
            "\r\n");
    send(channel, head.getBytes(UTF_8), body);
  }

  /**
   * Sends bytes, then closes with a delay. A client that is still sending would miss them if the
   * connection closed at once. Call on the event loop.
   */
  static void send(Channel channel, byte[]... parts) {
    var _ =
        RawBytes.write(channel.pipeline(), parts)
            .addListener(
                written -> {
                  if (written.isSuccess()) {
                    var _ = ((DuplexChannel) channel).shutdownOutput();
                  }
                });
    var _ = channel.eventLoop().schedule(() -> cut(channel), LINGER_MILLIS, TimeUnit.MILLISECONDS);
  }

  private static void cut(Channel channel) {
    var _ = channel.pipeline().firstContext().close();
  }
}
