package dev.llamastream.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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

  @Test
  void nothingIsLeftOfARemovedModel() {
    store().pull("hf:owner/name", PullListener.NONE);
    store().remove("hf:owner/name");

    assertThat(cache).doesNotExist();
  }

  @Test
  void whatAnotherSnapshotNeedsStays() throws IOException {
    store().pull("hf:owner/name", PullListener.NONE);
    Path other = cache.resolve("snapshots/" + "f".repeat(40) + "/model.safetensors");
    Files.createDirectories(other.getParent());
    Files.createSymbolicLink(other, Path.of("../../blobs/abc"));
    Files.writeString(cache.resolve("blobs/abc"), "others'");
    Files.writeString(cache.resolve("refs/v2"), "f".repeat(40));

    store().remove("hf:owner/name");

    assertThat(Store.files(cache))
        .containsExactly(
            "blobs/abc", "refs/v2", "snapshots/" + "f".repeat(40) + "/model.safetensors");
  }

  @Test
  void aFileElsewhereThatALinkLeadsToStays() throws IOException {
    Path elsewhere = folder.resolve("own.gguf");
    Files.write(elsewhere, GOOD);
    Path link = cache.resolve("snapshots/" + FakeHub.COMMIT + "/own-Q8_0.gguf");
    Files.createDirectories(link.getParent());
    Files.createSymbolicLink(link, elsewhere);

    store().remove("hf:owner/name:Q8_0@" + FakeHub.COMMIT);

    assertThat(link).doesNotExist();
    assertThat(elsewhere).hasBinaryContent(GOOD);
  }

  @Test
  void aRepositoryThatCannotBeReadHidesNoOther() throws IOException {
    store().pull("hf:owner/name", PullListener.NONE);
    Path ref = cache.resolveSibling("models--a--b").resolve("refs/main");
    Files.createDirectories(ref.getParent());
    Files.write(ref, new byte[] {(byte) 0xff});

    assertThat(store().list()).hasSize(1);
  }

  @Test
  void aPathThatIsNoFileSaysWhy() {
    assertThatThrownBy(() -> store().get(folder.toString(), PullListener.NONE))
        .hasMessageContaining("is a folder");
    assertThatThrownBy(() -> store().get("../none", PullListener.NONE))
        .hasMessageContaining("no file")
        .hasMessageNotContaining("hf:");
  }
}
