package dev.llamastream.store.internal.download;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Optional;
import java.util.zip.CRC32;

/**
 * What is known about a part: a small text file beside it.
 *
 * @param size of the whole file; -1 if unknown
 * @param validator what {@link Validators} found; empty if nothing
 * @param done the bytes that are in the part
 */
record Journal(long size, String sha256, String validator, Ranges done) {

  private static final String FIRST = "llamastream part 1";

  /** Its last line is a checksum, so that no half-written journal counts. */
  String text() {
    StringBuilder text = new StringBuilder(FIRST + "\n");
    text.append(size).append('\n').append(sha256).append('\n').append(validator).append('\n');
    done.asMap().forEach((from, end) -> text.append(from).append(' ').append(end).append('\n'));
    return text.append(sum(text.toString())).append('\n').toString();
  }

  /** Empty if it is no whole journal. */
  static Optional<Journal> parse(String text) {
    int last = text.lastIndexOf('\n', text.length() - 2) + 1;
    String body = text.substring(0, last);
    if (!text.substring(last).equals(sum(body) + "\n") || !body.startsWith(FIRST + "\n")) {
      return Optional.empty();
    }
    try {
      return Optional.of(of(body.split("\n", -1)));
    } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
      return Optional.empty();
    }
  }

  private static Journal of(String[] lines) {
    Ranges done = new Ranges();
    for (int i = 4; i < lines.length - 1; i++) {
      int space = lines[i].indexOf(' ');
      done.add(
          Long.parseLong(lines[i], 0, space, 10),
          Long.parseLong(lines[i], space + 1, lines[i].length(), 10));
    }
    return new Journal(Long.parseLong(lines[1]), lines[2], lines[3], done);
  }

  private static String sum(String text) {
    CRC32 sum = new CRC32();
    sum.update(text.getBytes(UTF_8));
    return Long.toHexString(sum.getValue());
  }
}
