package dev.llamastream.internal.natives;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ElfFileTest {

  private static final int SIZE = 64 + 56 + 8;
  private static final int ENTRY = 64;

  @TempDir private Path directory;

  /** A file with one program header, an interpreter's, and the path after it. */
  private static ByteBuffer program() {
    ByteBuffer bytes = ByteBuffer.allocate(SIZE).order(ByteOrder.LITTLE_ENDIAN);
    bytes.put(0, new byte[] {0x7f, 'E', 'L', 'F', 2, 1});
    bytes.putLong(32, ENTRY).putShort(54, (short) 56).putShort(56, (short) 1);
    bytes.putInt(ENTRY, 3).putLong(ENTRY + 8, ENTRY + 56).putLong(ENTRY + 32, 8);
    return bytes.put(ENTRY + 56, new byte[] {'/', 'l', 'i', 'b', '/', 'l', 'd', 0});
  }

  private Optional<String> interpreter(ByteBuffer bytes) throws IOException {
    try (FileChannel channel = open(bytes)) {
      return ElfFile.read(channel).interpreter();
    }
  }

  private FileChannel open(ByteBuffer bytes) throws IOException {
    byte[] content = new byte[bytes.capacity()];
    bytes.get(0, content);
    return FileChannel.open(Files.write(directory.resolve("program"), content));
  }

  @Test
  void programNamesItsInterpreter() throws Exception {
    assertThat(interpreter(program())).hasValue("/lib/ld");
  }

  @Test
  void libraryHasNoInterpreter() throws Exception {
    assertThat(interpreter(program().putInt(ENTRY, 1))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(longs = {SIZE, 1L << 40, Long.MAX_VALUE, -1, Long.MIN_VALUE})
  void pathOutsideTheFileIsNone(long offset) throws Exception {
    assertThat(interpreter(program().putLong(ENTRY + 8, offset)).orElse(""))
        .doesNotContain("/lib/ld");
  }

  @ParameterizedTest
  @ValueSource(longs = {0, -1, Long.MIN_VALUE})
  void pathOfNoSizeIsEmpty(long size) throws Exception {
    assertThat(interpreter(program().putLong(ENTRY + 32, size))).hasValue("");
  }

  @Test
  void pathOfAnySizeIsReadToTheEndOfTheFile() throws Exception {
    assertThat(interpreter(program().putLong(ENTRY + 32, Long.MAX_VALUE))).hasValue("/lib/ld");
  }

  @ParameterizedTest
  @ValueSource(longs = {SIZE, 1L << 40, Long.MAX_VALUE, -1})
  void headersOutsideTheFileSayNothing(long position) throws Exception {
    assertThat(interpreter(program().putLong(32, position))).isEmpty();
  }

  /** 32 bits, or big-endian. */
  @Test
  void otherElfFilesSayNothing() throws Exception {
    for (ByteBuffer other :
        new ByteBuffer[] {program().put(4, (byte) 1), program().put(5, (byte) 2)}) {
      assertThat(interpreter(other)).isEmpty();
      try (FileChannel channel = open(other)) {
        assertThat(ElfFile.read(channel).mappedLength()).isZero();
      }
    }
  }
}
