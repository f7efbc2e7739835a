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
 * Checks whether a shared library is as long as its headers say. Linux's linker maps the size in
 * the headers without checking the file's length. An access past the end of the file is then a bus
 * error, which ends the JVM. Other systems' linkers check this.
 */
final class ElfSegments {

  private static final int MAGIC = 0x7f454c46;
  private static final int CLASS_64_LITTLE_ENDIAN = 0x0201;
  private static final int HEADER_SIZE = 64;
  private static final int ENTRY_SIZE = 56;
  private static final int LOAD = 1;

  private ElfSegments() {}

  /**
   * Checks all libraries of a directory, because llama.cpp loads backends on its own.
   *
   * @throws NativeLibraryException if one was truncated
   */
  static void check(Path directory) {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "*.so*")) {
      for (Path file : files) {
        if (Files.isRegularFile(file)) {
          checkFile(file);
        }
      }
    } catch (IOException | DirectoryIteratorException e) {
      // what cannot be read cannot be loaded: the linker reports why
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

  /** How much of the file the linker maps; 0 for a file that it refuses itself. */
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

  /** Returns fewer bytes if the file ends earlier. */
  private static ByteBuffer read(FileChannel channel, long position, int size) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(size);
    while (buffer.hasRemaining() && channel.read(buffer, position + buffer.position()) >= 0) {
      // read on until the buffer is full
    }
    return buffer.flip();
  }
}
