package dev.llamastream.internal.natives;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * What the program headers of an ELF file say, if it has 64 bits and is little-endian. Of another
 * file they say nothing.
 */
final class ElfFile {

  private static final int MAGIC = 0x7f454c46;
  private static final int CLASS_64_LITTLE_ENDIAN = 0x0201;
  private static final int HEADER_SIZE = 64;
  private static final int ENTRY_SIZE = 56;
  private static final int LOAD = 1;
  private static final int INTERPRETER = 3;
  private static final int LONGEST_PATH = 4096;

  private final FileChannel channel;
  private final long tableEnd;
  private final ByteBuffer table;

  private ElfFile(FileChannel channel, long tableEnd, ByteBuffer table) {
    this.channel = channel;
    this.tableEnd = tableEnd;
    this.table = table;
  }

  /** Reads the headers; the file must stay open. */
  static ElfFile read(FileChannel channel) throws IOException {
    ByteBuffer header = read(channel, 0, HEADER_SIZE);
    if (header.remaining() < HEADER_SIZE
        || header.getInt(0) != MAGIC
        || header.getShort(4) != CLASS_64_LITTLE_ENDIAN) {
      return without(channel);
    }
    header.order(ByteOrder.LITTLE_ENDIAN);
    long position = header.getLong(32);
    int size = Short.toUnsignedInt(header.getShort(56)) * ENTRY_SIZE;
    if (header.getShort(54) != ENTRY_SIZE || position < 0) {
      return without(channel);
    }
    ByteBuffer table = read(channel, position, size).order(ByteOrder.LITTLE_ENDIAN);
    return new ElfFile(channel, position + size, table);
  }

  private static ElfFile without(FileChannel channel) {
    return new ElfFile(channel, 0, ByteBuffer.allocate(0));
  }

  /** How many bytes of the file the linker maps; 0 for a file that it refuses itself. */
  long mappedLength() {
    long length = tableEnd;
    for (int entry = 0; entry + ENTRY_SIZE <= table.limit(); entry += ENTRY_SIZE) {
      if (table.getInt(entry) == LOAD) {
        length = Math.max(length, offset(entry) + size(entry));
      }
    }
    return length;
  }

  /** The path of the linker that starts this program; empty for a library or a static program. */
  Optional<String> interpreter() throws IOException {
    for (int entry = 0; entry + ENTRY_SIZE <= table.limit(); entry += ENTRY_SIZE) {
      if (table.getInt(entry) == INTERPRETER) {
        int size = Math.clamp(size(entry), 0, LONGEST_PATH);
        ByteBuffer path = read(channel, Math.max(0, offset(entry)), size);
        // it ends with a zero
        return Optional.of(StandardCharsets.UTF_8.decode(path).toString().replace("\0", ""));
      }
    }
    return Optional.empty();
  }

  private long offset(int entry) {
    return table.getLong(entry + 8);
  }

  private long size(int entry) {
    return table.getLong(entry + 32);
  }

  /** Returns fewer bytes if the file ends earlier. */
  private static ByteBuffer read(FileChannel channel, long position, int size) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(size);
    // no position after the end: the system refuses the largest
    while (buffer.hasRemaining() && position + buffer.position() < channel.size()) {
      channel.read(buffer, position + buffer.position());
    }
    return buffer.flip();
  }
}
