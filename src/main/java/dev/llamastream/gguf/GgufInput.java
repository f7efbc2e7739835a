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
 * The bytes of a file, from its beginning. A failure names the file, the field that was being read
 * and the byte.
 *
 * <p>A stream and no mapped memory: another process may cut the file short at any moment, which is
 * an end of the stream but a fault in mapped memory. Reading is as fast here.
 */
final class GgufInput {

  private final Path path;
  private final long size;
  private final InputStream stream;

  /** A window of the file. Plain bytes and not a buffer: the first file is read by a cold JVM. */
  private final byte[] window = new byte[1 << 16];

  /** Of all that has been read, but for what {@link #undigested} says. */
  private final MessageDigest digest = sha256();

  /** Where what the digest has not seen begins in the window; it ends at the next byte. */
  private int undigested;

  /** Where the next byte is in the window. */
  private int next;

  /** Where the window ends. */
  private int end;

  /** Where that is in the file. */
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

  /** The SHA-256 of all that has been read, in hexadecimal digits. To be called at the end. */
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

  /** What is read from now on belongs to this field. */
  void enter(String newPart, String newName) {
    part = newPart;
    name = newName;
    element = -1;
  }

  /** What is read from now on belongs to this element of the field. */
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

  /** A text out of the file, which may be long and hold anything. */
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

  /** Has at least so many bytes in the window. */
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
