package dev.llamastream.store;

import dev.llamastream.InvalidValueException;
import java.util.Locale;

/** The checks that all parts of names have in common. */
final class NameParts {

  private static final int SHOWN = 100;

  private NameParts() {}

  static InvalidValueException refusal(String reason) {
    return new InvalidValueException("name", reason);
  }

  static InvalidValueException refusal(String reason, String rightOne) {
    return refusal(reason + "; a right one looks like " + rightOne);
  }

  /** Letters, digits and the characters of {@code others}; 1 to {@code most} characters. */
  static void check(String what, String text, int most, String others, String rightOne) {
    checkLength(what, text, most, rightOne);
    text.codePoints()
        .filter(c -> !isLetterOrDigit(c) && others.indexOf(c) < 0)
        .findFirst()
        .ifPresent(
            c -> {
              String allowed =
                  c < 128 && !Character.isISOControl(c)
                      ? "; allowed are letters, digits and " + String.join(" ", others.split(""))
                      : "";
              throw refusal(what + " " + quoted(text) + " has " + described(c) + allowed, rightOne);
            });
  }

  static void checkLength(String what, String text, int most, String rightOne) {
    if (text.isEmpty()) {
      throw refusal(what + " is empty", rightOne);
    }
    if (text.length() > most) {
      throw refusal(
          String.format(
              Locale.ROOT,
              "%s %s has %d characters, at most %d are allowed",
              what,
              quoted(text),
              text.length(),
              most),
          rightOne);
    }
  }

  /** Printable ASCII only. */
  static void checkAscii(String what, String text, String rightOne) {
    text.codePoints()
        .filter(c -> c < ' ' || c >= 127)
        .findFirst()
        .ifPresent(
            c -> {
              throw refusal(what + " " + quoted(text) + " has " + described(c), rightOne);
            });
  }

  static boolean isLetterOrDigit(int c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  }

  private static String described(int c) {
    if (c == ' ') {
      return "a space";
    }
    if (c > ' ' && c < 127) {
      return Character.toString(c);
    }
    String number = String.format(Locale.ROOT, "U+%04X", c);
    if (Character.isISOControl(c)) {
      return "the control character " + number;
    }
    return String.format(
        Locale.ROOT,
        "%s (%s, %s), which can look like another letter: only ASCII is allowed",
        Character.isLetterOrDigit(c) ? Character.toString(c) : "a character",
        number,
        Character.getName(c));
  }

  /** The text as a message may show it: short, and without what a terminal would act on. */
  static String quoted(String text) {
    StringBuilder shown = new StringBuilder("\"");
    text.codePoints()
        .limit(SHOWN)
        .forEach(
            c -> {
              if (Character.isISOControl(c)
                  || Character.getType(c) == Character.FORMAT
                  || Character.getType(c) == Character.SURROGATE) {
                shown.append(String.format(Locale.ROOT, "\\u%04x", c));
              } else {
                shown.appendCodePoint(c);
              }
            });
    return shown + (text.codePointCount(0, text.length()) > SHOWN ? "...\"" : "\"");
  }
}
