package dev.llamastream.internal.store;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.zip.CRC32C;

/** Reads and writes the files of stored prefixes. */
final class PrefixFile {

  // small enough for the processor's cache: what was read is summed up while it is there
  private static final int CHUNK = 1 << 18;

  private PrefixFile() {}

  /** Writes a file that exists, and returns when it is on the disk. */
  static void write(Path file, PrefixHeader header, MemorySegment state) throws IOException {
    CRC32C crc = new CRC32C();
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      writeAll(channel, header.encoded(), crc);
      for (long from = 0; from < state.byteSize(); from += CHUNK) {
        writeAll(channel, chunk(state, from), crc);
      }
      ByteBuffer checksum = ByteBuffer.allocate(PrefixHeader.CHECKSUM_SIZE);
      checksum.order(ByteOrder.LITTLE_ENDIAN).putInt((int) crc.getValue()).flip();
      writeAll(channel, checksum, new CRC32C());
      channel.force(true);
    }
  }

  private static ByteBuffer chunk(MemorySegment state, long from) {
    return state.asSlice(from, Math.min(CHUNK, state.byteSize() - from)).asByteBuffer();
  }

  private static void writeAll(FileChannel channel, ByteBuffer bytes, CRC32C crc)
      throws IOException {
    crc.update(bytes.duplicate());
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  /**
   * Reads what a file is.
   *
   * @return empty if it is of another version
   * @throws DamagedFileException if it is no stored prefix, or damaged
   */
  static Optional<PrefixHeader> readHeader(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      return PrefixHeader.read(channel);
    }
  }

  /**
   * Reads the state, and checks all of the file.
   *
   * @param header what the file must be
   * @param state receives the state, and is as large
   * @throws DamagedFileException if the file is another, or damaged
   */
  static void readState(Path file, PrefixHeader header, MemorySegment state) throws IOException {
    CRC32C crc = new CRC32C();
    crc.update(header.encoded());
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      Optional<PrefixHeader> found = PrefixHeader.read(channel);
      if (found.isEmpty() || !found.get().same(header)) {
        throw new DamagedFileException("another prefix than its name says");
      }
      channel.position(header.size());
      for (long from = 0; from < state.byteSize(); from += CHUNK) {
        ByteBuffer bytes = chunk(state, from);
        readAll(channel, bytes);
        crc.update(bytes.flip());
      }
      ByteBuffer checksum = ByteBuffer.allocate(PrefixHeader.CHECKSUM_SIZE);
      readAll(channel, checksum.order(ByteOrder.LITTLE_ENDIAN));
      if (checksum.flip().getInt() != (int) crc.getValue()) {
        throw new DamagedFileException("damaged: the checksum is wrong");
      }
    }
  }

  private static void readAll(FileChannel channel, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      if (channel.read(bytes) < 0) {
        throw new DamagedFileException("truncated");
      }
    }
  }
}
