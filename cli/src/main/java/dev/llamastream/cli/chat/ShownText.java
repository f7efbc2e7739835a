package dev.llamastream.cli.chat;

import java.util.regex.Pattern;

/** Text that a terminal may show. */
final class ShownText {

  /** Control characters could move the cursor, or do worse. Line breaks and tabs cannot. */
  private static final Pattern CONTROL = Pattern.compile("[\\p{Cc}&&[^\\n\\t]]");

  private ShownText() {}

  /** The text, without what controls a terminal. */
  static String of(String text) {
    return CONTROL.matcher(text).replaceAll("");
  }
}
