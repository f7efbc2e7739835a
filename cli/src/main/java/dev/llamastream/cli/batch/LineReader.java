package dev.llamastream.cli.batch;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/** Reads a file line by line, keeps no more than one, and skips blank ones. Not thread-safe. */
final class LineReader implements AutoCloseable {

  private final InputStream in;
  private final int limit;
  private final byte[] buffer = new byte[64 << 10];
  private int next;
  private int end;
  private int number;
  private long position;
  private boolean complete = true;

  /**
   * Creates a reader.
   *
   * @param limit how many bytes of a line are kept at most
   */
  LineReader(InputStream in, int limit) {
    this.in = in;
    this.limit = limit;
  }

  /** The next line that is not blank; null at the end. */
  @Nullable InputLine next() throws IOException {
    InputLine line = read();
    while (line != null && line.bytes() != null && isBlank(line.bytes())) {
      line = read();
    }
    return line;
  }

  /** How many bytes the lines so far have, with their line breaks. */
  long position() {
    return position;
  }

  /** Whether the last line had a line break. */
  boolean complete() {
    return complete;
  }

  private @Nullable InputLine read() throws IOException {
    ByteArrayOutputStream kept = new ByteArrayOutputStream();
    CRC32C crc = new CRC32C();
    long length = 0;
    boolean broken = false;
    while (!broken && fill()) {
      int from = next;
      while (next < end && buffer[next] != '\n') {
        next++;
      }
      crc.update(buffer, from, next - from);
      length += next - from;
      if (length <= limit) {
        kept.write(buffer, from, next - from);
      } else {
        kept = new ByteArrayOutputStream(); // an overlong line must not fill the heap
      }
      broken = next < end;
      next += broken ? 1 : 0;
    }
    if (length == 0 && !broken) {
      return null;
    }
    position += length + (broken ? 1 : 0);
    complete = broken;
    number = Math.addExact(number, 1);
    return new InputLine(number, (int) crc.getValue(), length > limit ? null : kept.toByteArray());
  }

  private boolean fill() throws IOException {
    if (next == end) {
      next = 0;
      end = Math.max(0, in.read(buffer));
    }
    return next < end;
  }

  private static boolean isBlank(byte[] line) {
    for (byte b : line) {
      if (b != ' ' && b != '\t' && b != '\r') {
        return false;
      }
    }
    return true;
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
