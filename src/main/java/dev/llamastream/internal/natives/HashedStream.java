package dev.llamastream.internal.natives;

import java.io.IOException;
import java.io.InputStream;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;

/** Fails at its end if the SHA-256 of the data is wrong: the JVM does not check a jar's entries. */
final class HashedStream extends DigestInputStream {

  private final String name;
  private final String expected;
  private boolean checked;

  HashedStream(String name, InputStream in, String expected) {
    super(in, sha256());
    this.name = name;
    this.expected = expected;
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has it", e);
    }
  }

  @Override
  public int read() throws IOException {
    int read = super.read();
    if (read < 0) {
      check();
    }
    return read;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    int read = super.read(bytes, offset, length);
    if (read < 0) {
      check();
    }
    return read;
  }

  private void check() throws IOException {
    if (checked) {
      return;
    }
    checked = true;
    String actual = HexFormat.of().formatHex(getMessageDigest().digest());
    if (!actual.equals(expected)) {
      throw new IOException(
          String.format(
              Locale.ROOT,
              "%s is damaged in its jar, or was merged with that of another version: its SHA-256 is"
                  + " %s, must be %s",
              name,
              actual,
              expected));
    }
  }
}
