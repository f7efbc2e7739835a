package dev.llamastream.store.internal.download;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llamastream.store.internal.http.Fault;
import dev.llamastream.store.internal.http.Pause;
import dev.llamastream.store.internal.http.Web;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TwoProcessesTest {

  @TempDir Path folder;
  private DownloadFixture it;

  @BeforeEach
  void start() throws IOException {
    it = new DownloadFixture(folder, 300_000);
  }

  @AfterEach
  void stop() throws IOException {
    it.close();
  }

  /** Waits until the other process has written its journal. */
  private void waitForBytes(Process other) throws InterruptedException {
    while (it.present() < 20_000) {
      assertThat(other.isAlive()).isTrue();
      Thread.sleep(5);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4})
  void whatAKilledProcessHasLeftIsUsed(int connections) throws Exception {
    it.server.schedule(request -> Fault.of(Fault.Kind.SLOW, 20));
    Process other = DownloadProcess.start(it.remote(), it.target, connections);
    try {
      waitForBytes(other);
    } finally {
      other.destroyForcibly().waitFor();
    }
    assertThat(it.files())
        .containsExactly("model.gguf.lock", "model.gguf.part", "model.gguf.part.ranges")
        .doesNotContain("model.gguf");
    long left = it.present();
    it.server.forget();
    it.server.faults();

    List<Long> told = new CopyOnWriteArrayList<>();
    it.download(connections, it.remote(), told::add);

    assertThat(Files.readAllBytes(it.target)).isEqualTo(it.content);
    assertThat(told).first().matches(done -> done >= left);
    assertThat(it.server.headers("/model", "Range")).isNotEmpty().noneMatch(String::isEmpty);
    assertThat(it.files()).containsExactly("model.gguf");
  }

  @Test
  void theSecondWaitsForTheFirst() throws Exception {
    it.server.schedule(request -> Fault.of(Fault.Kind.SLOW, 5));
    Process other = DownloadProcess.start(it.remote(), it.target, 1);
    try {
      waitForBytes(other);
      try (Web web = new Web(true, Pause.REAL, it.waits::add)) {
        new Downloader(web, 4, FreeSpace.OF_DISK, it.waits::add, DownloadFixture.tuning())
            .download(it.remote(), it.target, TransferListener.NONE);
      }
      assertThat(it.waits).containsExactly("another process is downloading model.gguf");
      assertThat(Files.readAllBytes(it.target)).isEqualTo(it.content);
      assertThat(it.server.requests()).hasSize(1);
      assertThat(other.waitFor()).isZero();
    } finally {
      other.destroyForcibly().waitFor();
    }
    assertThat(it.files()).containsExactly("model.gguf");
  }
}
