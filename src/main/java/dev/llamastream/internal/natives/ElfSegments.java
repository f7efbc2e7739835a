package dev.llamastream.internal.natives;

import dev.llamastream.NativeLibraryException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * Tells whether a shared library is as long as its headers say. Linux's linker maps what they say
 * without a look at the file's length, and a touch of what lies beyond it is a bus error, which
 * ends the JVM. Other systems' linkers look.
 */
final class ElfSegments {

  private static final int MAGIC = 0x7f454c46;
  private static final int CLASS_64_LITTLE_ENDIAN = 0x0201;
  private static final int HEADER_SIZE = 64;
  private static final int ENTRY_SIZE = 56;
  private static final int LOAD = 1;

  private ElfSegments() {}

  /**
   * Checks all libraries of a directory: llama.cpp loads backends of its own accord.
   *
   * @throws NativeLibraryException if one was cut short
   */
  static void check(Path directory) {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "*.so*")) {
      for (Path file : files) {
        if (Files.isRegularFile(file)) {
          checkFile(file);
        }
      }
    } catch (IOException | DirectoryIteratorException e) {
      // what cannot be read cannot be loaded: the linker says why
    }
  }

  private static void checkFile(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file)) {
      long length = channel.size();
      long needed = neededLength(channel);
      if (length < needed) {
        throw new NativeLibraryException(
            String.format(
                Locale.ROOT,
                "%s was cut short: it has %d bytes, must have %d or more",
                file,
                length,
                needed));
      }
    }
  }

  /** Up to where the linker maps the file; 0 for a file that it refuses by itself. */
  private static long neededLength(FileChannel channel) throws IOException {
    ByteBuffer header = read(channel, 0, HEADER_SIZE);
    if (header.remaining() < HEADER_SIZE
        || header.getInt(0) != MAGIC
        || header.getShort(4) != CLASS_64_LITTLE_ENDIAN) {
      return 0;
    }
    header.order(ByteOrder.LITTLE_ENDIAN);
    long position = header.getLong(32);
    int entries = Short.toUnsignedInt(header.getShort(56));
    if (header.getShort(54) != ENTRY_SIZE || position < 0) {
      return 0;
    }
    ByteBuffer table = read(channel, position, entries * ENTRY_SIZE).order(ByteOrder.LITTLE_ENDIAN);
    long needed = position + (long) entries * ENTRY_SIZE;
    for (int entry = 0; entry + ENTRY_SIZE <= table.remaining(); entry += ENTRY_SIZE) {
      if (table.getInt(entry) == LOAD) {
        needed = Math.max(needed, table.getLong(entry + 8) + table.getLong(entry + 32));
      }
    }
    return needed;
  }

  /** Less than that many bytes where the file ends before. */
  private static ByteBuffer read(FileChannel channel, long position, int size) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(size);
    while (buffer.hasRemaining() && channel.read(buffer, position + buffer.position()) >= 0) {
      // more
    }
    return buffer.flip();
  }
}
