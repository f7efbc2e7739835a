package dev.llamastream.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.channel.embedded.EmbeddedChannel;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Connections that do nothing keep nobody out. */
@Timeout(60)
class MakingRoomTest {

  @Test
  void closesTheConnectionThatIsIdleForLongest() throws Exception {
    try (TestServer small = TestServer.start(params -> params.maxConnections(2));
        RawHttp silent = small.connect();
        RawHttp used = small.connect()) {
      assertThat(used.get("/health").status()).isEqualTo(200);
      try (RawHttp third = small.connect()) {
        assertThat(third.get("/health").status()).isEqualTo(200);
        assertThat(silent.readAll()).isEmpty();
        assertThat(used.get("/health").status()).isEqualTo(200);
        try (RawHttp fourth = small.connect()) {
          assertThat(fourth.get("/health").status()).isEqualTo(200);
          assertThat(third.readAll()).isEmpty();
        }
      }
    }
  }

  @Test
  void closesNoneThatIsBusy() throws Exception {
    try (TestServer small = TestServer.start(params -> params.maxConnections(2));
        RawHttp stream = small.connect();
        RawWebSocket socket = small.webSocket()) {
      stream.post("/stream", "{\"prompt\": \"Once\", \"max_tokens\": 100000}");
      try (RawHttp third = small.connect()) {
        assertThatThrownBy(() -> third.get("/health"))
            .isInstanceOfAny(EOFException.class, SocketException.class);
      }
      assertThat(stream.chunk()).contains("\"index\"");
      socket.send("{\"type\": \"ping\"}");
      assertThat(socket.message().get("type").asText()).isEqualTo("pong");
    }
  }

  @Test
  void saysOnceThatItCannotAccept() {
    List<LogRecord> lines = new ArrayList<>();
    Handler log =
        new Handler() {
          @Override
          public void publish(LogRecord line) {
            lines.add(line);
          }

          @Override
          public void flush() {}

          @Override
          public void close() {}
        };
    Logger logger = Logger.getLogger(AcceptGuard.class.getName());
    logger.addHandler(log);
    AtomicInteger rooms = new AtomicInteger();
    AcceptGuard guard = new AcceptGuard();
    guard.makesRoom(rooms::incrementAndGet);
    EmbeddedChannel channel = new EmbeddedChannel(guard);
    try {
      channel.freezeTime();
      for (int i = 0; i < 20; i++) {
        channel.pipeline().fireExceptionCaught(new IOException("Too many open files"));
        assertThat(channel.config().isAutoRead()).isFalse();
        channel.advanceTimeBy(1, TimeUnit.SECONDS);
        channel.runScheduledPendingTasks();
        assertThat(channel.config().isAutoRead()).isTrue();
      }
      channel.checkException(); // nobody else was told
    } finally {
      logger.removeHandler(log);
      var _ = channel.close();
    }
    assertThat(rooms).hasValue(20);
    assertThat(lines)
        .singleElement()
        .satisfies(
            line -> {
              assertThat(line.getMessage())
                  .isEqualTo("connections cannot be accepted: Too many open files");
              assertThat(line.getThrown()).isNull();
            });
  }
}
