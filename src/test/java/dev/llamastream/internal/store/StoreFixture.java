package dev.llamastream.internal.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llamastream.fixture.Prompts;
import dev.llamastream.internal.ffm.SequenceState;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.stream.IntStream;

/** What tests of the store say again and again. */
final class StoreFixture {

  static final String KEY = "ab".repeat(32);

  private StoreFixture() {}

  /** Consecutive token ids. */
  static int[] tokens(int first, int length) {
    return IntStream.range(first, first + length).toArray();
  }

  static StoredPrefix prefix(String key, int stateSize, int... tokens) {
    return StoredPrefix.of(new PrefixHeader(key, tokens, tokens.length, stateSize), Prompts.KEY);
  }

  /** A state that the tokens determine. */
  static SequenceState state(StoredPrefix prefix) {
    SequenceState state = SequenceState.allocate(prefix.header().stateSize());
    for (long i = 0; i < state.size(); i++) {
      state.bytes().set(ValueLayout.JAVA_BYTE, i, (byte) (i * 31 + prefix.header().tokens()[0]));
    }
    return state;
  }

  static boolean add(StoreFolder folder, StoredPrefix prefix) throws IOException {
    try (SequenceState state = state(prefix)) {
      return folder.add(prefix.name(), prefix.header(), state.bytes());
    }
  }

  /** Reads a file, and checks that it holds the state of the prefix. */
  static void assertHolds(Path file, StoredPrefix prefix) throws IOException {
    try (SequenceState expected = state(prefix);
        SequenceState read = SequenceState.allocate(expected.size())) {
      PrefixFile.readState(file, prefix.header(), read.bytes());
      assertThat(
              MemorySegment.mismatch(
                  read.bytes(), 0, read.size(), expected.bytes(), 0, expected.size()))
          .isNegative();
    }
  }

  /** Sets when a file was last used, in seconds before now. */
  static void usedBefore(Path file, int seconds) throws IOException {
    Files.setLastModifiedTime(
        file, FileTime.fromMillis(System.currentTimeMillis() - 1_000L * seconds));
  }
}
