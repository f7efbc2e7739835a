package dev.llamastream.gguf;

import dev.llamastream.ModelLoadException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;

/**
 * Reads the bytes of a file from its beginning. A failure names the file, the field that was being
 * read and the byte.
 *
 * <p>Uses a stream instead of mapped memory: another process may truncate the file at any moment.
 * That ends a stream, but raises a fault in mapped memory. Reading is as fast here.
 */
final class GgufInput {

  private final Path path;
  private final long size;
  private final InputStream stream;

  /**
   * A window of the file. A byte array instead of a buffer, because a cold JVM reads the first
   * file.
   */
  private final byte[] window = new byte[1 << 16];

  /** Covers everything read so far, except the bytes from {@link #undigested} on. */
  private final MessageDigest digest = sha256();

  /**
   * Where the bytes that the digest has not seen begin in the window; they end at the next byte.
   */
  private int undigested;

  /** The index of the next byte in the window. */
  private int next;

  /** The end of the window. */
  private int end;

  /** The file offset of the window's end. */
  private long windowEnd;

  private String part = "header";
  private String name = "";
  private int element = -1;

  GgufInput(Path path, long size, InputStream stream) {
    this.path = path;
    this.size = size;
    this.stream = stream;
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
  }

  /** The SHA-256 of everything read, in hexadecimal digits. Call it at the end. */
  String hash() {
    digestRead();
    return HexFormat.of().formatHex(digest.digest());
  }

  private void digestRead() {
    digest.update(window, undigested, next - undigested);
    undigested = next;
  }

  long size() {
    return size;
  }

  long position() {
    return windowEnd - (end - next);
  }

  long remaining() {
    return size - position();
  }

  /** Assigns the following bytes to this field. */
  void enter(String newPart, String newName) {
    part = newPart;
    name = newName;
    element = -1;
  }

  /** Assigns the following bytes to this element of the field. */
  void enterElement(int index) {
    element = index;
  }

  ModelLoadException failure(String problem) {
    return failure(problem, position());
  }

  ModelLoadException failure(String problem, long position) {
    StringBuilder field = new StringBuilder(part);
    if (!name.isEmpty()) {
      field.append(' ').append(quoted(name));
    }
    if (element >= 0) {
      field.append('[').append(element).append(']');
    }
    return new ModelLoadException(
        String.format(Locale.ROOT, "%s: %s: %s (at byte %d)", path, field, problem, position));
  }

  /** Quotes a text from the file, which may be long and contain anything. */
  static String quoted(String text) {
    StringBuilder quoted = new StringBuilder("\"");
    for (int i = 0; i < Math.min(text.length(), 80); i++) {
      char c = text.charAt(i);
      quoted.append(Character.isISOControl(c) ? String.format(Locale.ROOT, "\\u%04x", (int) c) : c);
    }
    return quoted.append(text.length() > 80 ? "…\"" : "\"").toString();
  }

  long u32() throws IOException {
    need(Integer.BYTES);
    long value = unsigned(next);
    next += Integer.BYTES;
    return value;
  }

  long i64() throws IOException {
    need(Long.BYTES);
    long value = unsigned(next) | unsigned(next + Integer.BYTES) << Integer.SIZE;
    next += Long.BYTES;
    return value;
  }

  private long unsigned(int at) {
    return (window[at] & 0xff)
        | (window[at + 1] & 0xff) << 8
        | (window[at + 2] & 0xff) << 16
        | (window[at + 3] & 0xffL) << 24;
  }

  void read(byte[] into, int offset, int length) throws IOException {
    for (int done = 0; done < length; ) {
      need(1);
      int some = Math.min(length - done, end - next);
      System.arraycopy(window, next, into, offset + done, some);
      next += some;
      done += some;
    }
  }

  /** Ensures that the window has at least this many bytes. */
  private void need(int bytes) throws IOException {
    if (end - next >= bytes) {
      return;
    }
    digestRead();
    System.arraycopy(window, next, window, 0, end - next);
    end -= next;
    next = 0;
    undigested = 0;
    while (end < bytes) {
      int read = stream.read(window, end, window.length - end);
      if (read < 0) {
        throw failure("the file ends in the middle of it");
      }
      end += read;
      windowEnd += read;
    }
  }
}
