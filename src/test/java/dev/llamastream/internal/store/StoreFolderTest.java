package dev.llamastream.internal.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What lies in the folder, and what goes when there is too much. */
class StoreFolderTest {

  @TempDir private Path directory;

  private final StoredPrefix one = prefix(100);
  private final StoredPrefix two = prefix(200);
  private final StoredPrefix three = prefix(300);

  private static StoredPrefix prefix(int first) {
    return StoreFixture.prefix(StoreFixture.KEY, 1_000, StoreFixture.tokens(first, 5));
  }

  private StoreFolder folder(int files) throws IOException {
    StoreFolder folder =
        new StoreFolder(directory.resolve("a/store"), files * one.header().fileSize());
    folder.create();
    return folder;
  }

  @Test
  void theLeastRecentlyUsedGoes() throws IOException {
    StoreFolder folder = folder(2);
    StoreFixture.add(folder, one);
    StoreFixture.add(folder, two);
    StoreFixture.usedBefore(folder.file(one.name()), 20);
    StoreFixture.usedBefore(folder.file(two.name()), 10);
    folder.used(one.name());

    StoreFixture.add(folder, three);

    assertThat(folder.names()).containsExactlyInAnyOrder(one.name(), three.name());
    assertThat(folder.bytes()).isEqualTo(2 * one.header().fileSize());
  }

  @Test
  void whatIsTooLargeAloneIsNotAdded() throws IOException {
    StoreFolder folder = folder(0);
    assertThatExceptionOfType(IOException.class).isThrownBy(() -> StoreFixture.add(folder, one));
    assertThat(folder.names()).isEmpty();
  }

  @Test
  void whatOthersWriteTakesRoomUntilItIsWritten() throws IOException {
    StoreFolder folder = folder(1);
    Path unfinished = folder.file("1" + StoreFolder.TEMPORARY);
    Files.write(unfinished, new byte[(int) one.header().fileSize()]);

    assertThat(StoreFixture.add(folder, two)).isFalse();
    assertThat(folder.names()).isEmpty();

    Files.delete(unfinished);
    assertThat(StoreFixture.add(folder, two)).isTrue();
  }

  @Test
  void aFolderThatWasRemovedIsMadeAgain() throws IOException {
    StoreFolder folder = folder(9);
    Files.delete(directory.resolve("a/store"));
    StoreFixture.add(folder, one);
    assertThat(folder.names()).containsExactly(one.name());
  }

  @Test
  void aSmallerLimitHoldsFromTheBeginning() throws IOException {
    StoreFolder folder = folder(3);
    for (StoredPrefix prefix : new StoredPrefix[] {one, two, three}) {
      StoreFixture.add(folder, prefix);
    }
    StoreFixture.usedBefore(folder.file(two.name()), 10);
    folder(2);
    assertThat(folder.names()).containsExactlyInAnyOrder(one.name(), three.name());
  }

  @Test
  void whatSomebodyElsePutThereStays() throws IOException {
    StoreFolder folder = folder(1);
    Path text = Files.writeString(folder.file("notes.txt"), "x".repeat(5_000));
    Path folderThere = Files.createDirectory(folder.file("old.prefix"));
    StoreFixture.add(folder, one);
    StoreFixture.add(folder, two);
    assertThat(text).exists();
    assertThat(folderThere).exists();
    assertThat(folder.names()).containsExactly(two.name());
  }

  @Test
  void whatADeadProcessLeftGoes() throws IOException {
    StoreFolder folder = folder(9);
    Path dead = Files.writeString(folder.file("1.part"), "x");
    Path alive = Files.writeString(folder.file("2.part"), "x");
    StoreFixture.usedBefore(dead, 2 * 60 * 60);
    StoreFixture.add(folder, one);
    assertThat(dead).doesNotExist();
    assertThat(alive).exists();
    assertThat(folder.names()).containsExactly(one.name());
  }

  @Test
  void othersCannotRead() throws IOException {
    StoreFolder folder = folder(9);
    StoreFixture.add(folder, one);
    folder.addNote("note.model", new byte[] {1});
    if (Files.getFileStore(directory).supportsFileAttributeView("posix")) {
      Path path = directory.resolve("a/store");
      assertThat(permissions(path)).isEqualTo("rwx------");
      try (Stream<Path> files = Files.list(path)) {
        assertThat(files)
            .hasSize(2)
            .allSatisfy(file -> assertThat(permissions(file)).isEqualTo("rw-------"));
      }
    }
  }

  private static String permissions(Path path) {
    try {
      return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void aFailedWriteLeavesNothing() throws IOException {
    StoreFolder folder = folder(9);
    // a folder that is not empty cannot be replaced
    Files.createDirectories(folder.file(one.name()).resolve("x"));
    assertThatExceptionOfType(IOException.class).isThrownBy(() -> StoreFixture.add(folder, one));
    try (Stream<Path> files = Files.list(directory.resolve("a/store"))) {
      assertThat(files).containsExactly(folder.file(one.name()));
    }
  }
}
