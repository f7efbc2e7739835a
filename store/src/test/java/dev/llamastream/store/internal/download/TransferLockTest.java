package dev.llamastream.store.internal.download;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TransferLockTest {

  @TempDir Path folder;

  @Test
  void oneThreadHasIt() throws Exception {
    Path target = folder.resolve("a");
    try (TransferLock lock = TransferLock.tryLock(target)) {
      assertThat(lock).isNotNull();
      assertThat(TransferLock.tryLock(target)).isNull();
      assertThat(TransferLock.tryLock(folder.resolve("b"))).isNotNull().satisfies(this::closes);
      Path link = Files.createSymbolicLink(folder.resolve("link"), folder);
      assertThat(TransferLock.tryLock(link.resolve("a"))).isNull();
    }
    assertThat(folder.resolve("a.lock")).doesNotExist();
    assertThat(TransferLock.tryLock(target)).isNotNull().satisfies(this::closes);
  }

  private void closes(TransferLock lock) {
    lock.close();
  }

  @Test
  void aStaleFileIsTaken() throws Exception {
    Files.write(folder.resolve("a.lock"), new byte[3_000_000]);

    assertThat(TransferLock.tryLock(folder.resolve("a"))).isNotNull().satisfies(this::closes);
    assertThat(folder.resolve("a.lock")).doesNotExist();
  }

  @Test
  void isFreeAgainAfterAFailure() throws Exception {
    Path lock = Files.createDirectory(folder.resolve("a.lock"));
    assertThatThrownBy(() -> TransferLock.tryLock(folder.resolve("a")))
        .hasMessageContaining("a.lock");

    Files.delete(lock);
    assertThat(TransferLock.tryLock(folder.resolve("a"))).isNotNull().satisfies(this::closes);
  }

  @Test
  void anInterruptIsNoStorageError() throws IOException {
    Thread.currentThread().interrupt();

    assertThatThrownBy(() -> TransferLock.tryLock(folder.resolve("a")))
        .isInstanceOf(InterruptedException.class);
    assertThat(Thread.interrupted()).isFalse();
  }

  @Test
  void manyThreadsTakeTurns() throws Exception {
    AtomicInteger inside = new AtomicInteger();
    AtomicInteger turns = new AtomicInteger();
    List<Future<?>> all = new ArrayList<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
      for (int i = 0; i < 8; i++) {
        all.add(
            threads.submit(
                () -> {
                  for (int turn = 0; turn < 100; ) {
                    try (TransferLock lock = TransferLock.tryLock(folder.resolve("a"))) {
                      if (lock != null) {
                        assertThat(inside.incrementAndGet()).isEqualTo(1);
                        turn++;
                        turns.incrementAndGet();
                        inside.decrementAndGet();
                      }
                    }
                  }
                  return null;
                }));
      }
      for (Future<?> each : all) {
        each.get();
      }
    }
    assertThat(turns).hasValue(800);
  }
}
