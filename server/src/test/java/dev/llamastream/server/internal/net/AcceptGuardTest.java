package dev.llamastream.server.internal.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;

/** Where no connection can be accepted, the server waits for better times. */
class AcceptGuardTest {

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
