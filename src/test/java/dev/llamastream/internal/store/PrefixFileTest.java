package dev.llamastream.internal.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.llamastream.internal.ffm.SequenceState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The file of a stored prefix: nothing but what was written is ever read. */
class PrefixFileTest {

  private final StoredPrefix prefix =
      StoreFixture.prefix(StoreFixture.KEY, 50, StoreFixture.tokens(5, 7));

  @TempDir private Path directory;
  private Path file = Path.of("");
  private byte[] bytes = {};

  @BeforeEach
  void write() throws IOException {
    StoreFolder folder = new StoreFolder(directory, Long.MAX_VALUE);
    StoreFixture.add(folder, prefix);
    file = folder.file(prefix.name());
    bytes = Files.readAllBytes(file);
  }

  private void damaged(byte[] content) throws IOException {
    Files.write(file, content);
    assertThatExceptionOfType(DamagedFileException.class)
        .isThrownBy(
            () -> {
              PrefixFile.readHeader(file);
              StoreFixture.assertHolds(file, prefix);
            });
  }

  @Test
  void holdsWhatWasWritten() throws IOException {
    PrefixHeader header = PrefixFile.readHeader(file).orElseThrow();
    assertThat(header.same(prefix.header())).isTrue();
    assertThat(header.fileSize()).isEqualTo(bytes.length);
    StoreFixture.assertHolds(file, prefix);
  }

  @Test
  void holdsMoreThanAChunk() throws IOException {
    StoredPrefix large = StoreFixture.prefix(StoreFixture.KEY, 1 << 19 | 17, 1, 2, 3);
    StoreFolder folder = new StoreFolder(directory, Long.MAX_VALUE);
    StoreFixture.add(folder, large);
    StoreFixture.assertHolds(folder.file(large.name()), large);
  }

  @Test
  void anyByteThatChangesIsNoticed() throws IOException {
    for (int at = 0; at < bytes.length; at++) {
      if (at >= 4 && at < 8) {
        continue; // the version
      }
      for (int bit : new int[] {1, 0x80}) {
        byte[] changed = bytes.clone();
        changed[at] ^= (byte) bit;
        damaged(changed);
      }
    }
  }

  @Test
  void anyOtherLengthIsNoticed() throws IOException {
    for (int length = 0; length < bytes.length; length++) {
      damaged(Arrays.copyOf(bytes, length));
    }
    damaged(Arrays.copyOf(bytes, bytes.length + 1));
  }

  @Test
  void somethingElseIsNoticed() throws IOException {
    damaged("a text that somebody has put here, long enough for a header or two".getBytes(UTF_8));
  }

  @Test
  void anotherVersionIsNotRead() throws IOException {
    bytes[4]++;
    Files.write(file, bytes);
    assertThat(PrefixFile.readHeader(file)).isEmpty();
    assertThatExceptionOfType(DamagedFileException.class)
        .isThrownBy(() -> StoreFixture.assertHolds(file, prefix));
  }

  @Test
  void anotherPrefixIsNotRead() throws IOException {
    StoredPrefix other = StoreFixture.prefix(StoreFixture.KEY, 50, StoreFixture.tokens(6, 7));
    assertThatExceptionOfType(DamagedFileException.class)
        .isThrownBy(() -> StoreFixture.assertHolds(file, other));
  }

  @Test
  void aFileThatIsGoneIsNotDamaged() throws IOException {
    Files.delete(file);
    try (SequenceState state = SequenceState.allocate(50)) {
      assertThatExceptionOfType(NoSuchFileException.class)
          .isThrownBy(() -> PrefixFile.readState(file, prefix.header(), state.bytes()));
    }
  }
}
