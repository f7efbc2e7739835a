package dev.llamastream.spark;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** The seed of a row: the same in each attempt, and with any partitioning. */
final class RowSeed {

  /** The number of seeds: the largest number of 32 bits asks for a random one. */
  private static final long SEEDS = 0xffff_ffffL;

  private RowSeed() {}

  static long of(long seed, String key) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(ByteBuffer.allocate(Long.BYTES).putLong(0, seed));
      byte[] hash = digest.digest(key.getBytes(UTF_8));
      return Long.remainderUnsigned(ByteBuffer.wrap(hash).getLong(), SEEDS);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
