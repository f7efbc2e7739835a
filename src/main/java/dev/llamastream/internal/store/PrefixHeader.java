package dev.llamastream.internal.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * The beginning of a file: what its state belongs to. Little-endian on every machine. A checksum of
 * its own, so that the rest need not be read to trust it.
 *
 * <pre>
 * magic, version, number of tokens n, prefilled   4 ints
 * size of the state                               1 long
 * key                                             32 bytes
 * tokens                                          n ints
 * checksum of all this                            1 int
 * state
 * checksum of all this                            1 int
 * </pre>
 */
final class PrefixHeader {

  static final int CHECKSUM_SIZE = 4;
  private static final int MAGIC = 0x58504c4c; // "LLPX"
  private static final int VERSION = 1;
  private static final int KEY_SIZE = 32;
  private static final int FIXED_SIZE = 4 * 4 + 8 + KEY_SIZE;

  private final String key;
  private final int[] tokens;
  private final int prefilled;
  private final long stateSize;

  /**
   * Creates a header.
   *
   * @param key SHA-256 in hexadecimal
   * @param tokens must not change afterwards
   */
  PrefixHeader(String key, int[] tokens, int prefilled, long stateSize) {
    this.key = key;
    this.tokens = tokens;
    this.prefilled = prefilled;
    this.stateSize = stateSize;
  }

  String key() {
    return key;
  }

  int[] tokens() {
    return tokens;
  }

  int prefilled() {
    return prefilled;
  }

  long stateSize() {
    return stateSize;
  }

  /** The size of the header in bytes. */
  long size() {
    return sizeFor(tokens.length);
  }

  private static long sizeFor(int tokens) {
    return FIXED_SIZE + 4L * tokens + CHECKSUM_SIZE;
  }

  /** The size of the whole file in bytes. */
  long fileSize() {
    return size() + stateSize + CHECKSUM_SIZE;
  }

  boolean same(PrefixHeader other) {
    return key.equals(other.key)
        && prefilled == other.prefilled
        && stateSize == other.stateSize
        && Arrays.equals(tokens, other.tokens);
  }

  /** The header as it is written. */
  ByteBuffer encoded() {
    ByteBuffer bytes = ByteBuffer.allocate((int) size()).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putInt(MAGIC).putInt(VERSION).putInt(tokens.length).putInt(prefilled).putLong(stateSize);
    bytes.put(HexFormat.of().parseHex(key));
    for (int token : tokens) {
      bytes.putInt(token);
    }
    bytes.putInt(checksum(bytes.duplicate().flip()));
    return bytes.flip();
  }

  private static int checksum(ByteBuffer bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes);
    return (int) crc.getValue();
  }

  /**
   * Reads the header of a file.
   *
   * @return empty if the file is of another version
   * @throws DamagedFileException if it is no stored prefix, or damaged
   */
  static Optional<PrefixHeader> read(FileChannel channel) throws IOException {
    long size = channel.size();
    if (size < 8) {
      throw new DamagedFileException("too short");
    }
    ByteBuffer start = read(channel, 0, 8);
    if (start.getInt() != MAGIC) {
      throw new DamagedFileException("not a stored prefix");
    }
    if (start.getInt() != VERSION) {
      return Optional.empty();
    }
    if (size < FIXED_SIZE) {
      throw new DamagedFileException("too short");
    }
    ByteBuffer fixed = read(channel, 8, FIXED_SIZE - 8);
    int count = fixed.getInt();
    int prefilled = fixed.getInt();
    long stateSize = fixed.getLong();
    byte[] key = new byte[KEY_SIZE];
    fixed.get(key);
    long room = size - FIXED_SIZE - 2 * CHECKSUM_SIZE;
    boolean possible = count > 0 && prefilled >= 0 && prefilled <= count && stateSize > 0;
    if (!possible || 4L * count > room || stateSize != room - 4L * count) {
      throw new DamagedFileException("of the wrong size: " + size + " bytes");
    }
    int[] tokens = new int[count];
    ByteBuffer rest = read(channel, FIXED_SIZE, 4 * count + CHECKSUM_SIZE);
    rest.asIntBuffer().get(tokens);
    PrefixHeader header =
        new PrefixHeader(HexFormat.of().formatHex(key), tokens, prefilled, stateSize);
    int checksum = rest.getInt(4 * count);
    ByteBuffer encoded = header.encoded();
    if (encoded.getInt(encoded.limit() - CHECKSUM_SIZE) != checksum) {
      throw new DamagedFileException("damaged: the checksum of its header is wrong");
    }
    return Optional.of(header);
  }

  private static ByteBuffer read(FileChannel channel, long position, int length)
      throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    while (bytes.hasRemaining()) {
      if (channel.read(bytes, position + bytes.position()) < 0) {
        throw new DamagedFileException("truncated");
      }
    }
    return bytes.flip();
  }
}
