package dev.llamastream.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llamastream.store.internal.http.FaultyServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Hugging Face's cache belongs to others too: other programs, and other users. */
class SharedCacheTest {

  private static final byte[] GOOD = Store.gguf("good", 40);

  @TempDir private Path folder;
  private FaultyServer server;
  private Path cache;

  @BeforeEach
  void start() throws IOException {
    server = new FaultyServer();
    new FakeHub(server, "owner/name").file("m-Q4_K_M.gguf", GOOD);
    cache = folder.resolve(".cache/huggingface/hub/models--owner--name");
  }

  @AfterEach
  void stop() throws IOException {
    server.close();
  }

  private ModelStore store() {
    return ModelStore.open(Store.params(folder, server));
  }

  @Test
  void whoMayReadTheModelMayReadItsRevision() throws IOException {
    StoredModel model = store().pull("hf:owner/name", PullListener.NONE);

    if (Files.getFileStore(cache).supportsFileAttributeView("posix")) {
      assertThat(Files.getPosixFilePermissions(cache.resolve("refs/main")))
          .isEqualTo(Files.getPosixFilePermissions(model.path()));
    }
  }

  @Test
  void aPullOfWhatIsHereWritesNothing() throws IOException {
    store().pull("hf:owner/name", PullListener.NONE);
    FileTime past = FileTime.from(Instant.parse("2020-01-01T00:00:00Z"));
    Files.setLastModifiedTime(cache.resolve("refs/main"), past);

    store().pull("hf:owner/name", PullListener.NONE);

    assertThat(Files.getLastModifiedTime(cache.resolve("refs/main"))).isEqualTo(past);
  }
}
