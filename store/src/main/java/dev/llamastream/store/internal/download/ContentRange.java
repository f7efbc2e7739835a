package dev.llamastream.store.internal.download;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The header of a 206.
 *
 * @param end the position after the last byte
 * @param size of the whole file; -1 if the server does not know
 */
record ContentRange(long from, long end, long size) {

  private static final Pattern FORM =
      Pattern.compile("bytes +(\\d{1,18})-(\\d{1,18})/(\\d{1,18}|\\*)");

  /** Empty if it has no valid form. */
  static Optional<ContentRange> parse(String header) {
    Matcher matcher = FORM.matcher(header.strip());
    if (!matcher.matches()) {
      return Optional.empty();
    }
    long from = Long.parseLong(matcher.group(1));
    long end = Long.parseLong(matcher.group(2)) + 1;
    long size = matcher.group(3).equals("*") ? -1 : Long.parseLong(matcher.group(3));
    return end <= from || (size >= 0 && end > size)
        ? Optional.empty()
        : Optional.of(new ContentRange(from, end, size));
  }
}
