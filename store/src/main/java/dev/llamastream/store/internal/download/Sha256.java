package dev.llamastream.store.internal.download;

import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** The hash of a file. */
final class Sha256 {

  private Sha256() {}

  /**
   * In lower-case hexadecimal digits.
   *
   * @param eachBlock called before each block
   */
  static String of(InputStream in, Runnable eachBlock) throws IOException {
    MessageDigest digest;
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
    byte[] block = new byte[1 << 20];
    for (int n = in.read(block); n >= 0; n = in.read(block)) {
      eachBlock.run();
      digest.update(block, 0, n);
    }
    return HexFormat.of().formatHex(digest.digest());
  }
}
