package dev.llamastream.server.internal.net;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llamastream.fixture.LogLines;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Where no connection can be accepted, the server waits for better times. */
class AcceptGuardTest {

  @Test
  void saysOnceThatItCannotAccept() {
    AtomicInteger rooms = new AtomicInteger();
    AcceptGuard guard = new AcceptGuard();
    guard.makesRoom(rooms::incrementAndGet);
    EmbeddedChannel channel = new EmbeddedChannel(guard);
    LogLines log = LogLines.of(AcceptGuard.class.getName());
    try (log) {
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
      var _ = channel.close();
    }
    assertThat(rooms).hasValue(20);
    assertThat(log.all())
        .singleElement()
        .satisfies(
            line -> {
              assertThat(line.getMessage())
                  .isEqualTo("connections cannot be accepted: Too many open files");
              assertThat(line.getThrown()).isNull();
            });
  }
}
