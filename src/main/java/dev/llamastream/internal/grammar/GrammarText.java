package dev.llamastream.internal.grammar;

import dev.llamastream.InvalidValueException;
import java.util.Locale;

/** Reads the text of a grammar: the current place, and the units smaller than an item of a rule. */
final class GrammarText {

  /** What {@link #peek()} returns at the end of the text. */
  static final char END = '\0';

  private static final int MAX_EXCERPT = 30;

  private final String text;
  private int pos;

  /** Reads a text without NUL characters. */
  GrammarText(String text) {
    this.text = text;
  }

  /** Creates an exception with the line and column of an offset, both counted from 1. */
  static IllegalArgumentException refusal(String text, int offset, String reason) {
    int line = 1;
    int lineStart = 0;
    for (int i = 0; i < offset; i++) {
      char c = text.charAt(i);
      if (c == '\n' || (c == '\r' && !text.startsWith("\n", i + 1))) {
        line++;
        lineStart = i + 1;
      }
    }
    int column = text.codePointCount(lineStart, offset) + 1;
    return new InvalidValueException(
        "grammar", String.format(Locale.ROOT, "line %d, column %d: %s", line, column, reason));
  }

  IllegalArgumentException refusal(int offset, String reason) {
    return refusal(text, offset, reason);
  }

  IllegalArgumentException unexpected(String expected) {
    return refusal(pos, found() + ", must be " + expected);
  }

  private String found() {
    return switch (peek()) {
      case END -> "end of the grammar";
      case '\n', '\r' -> "end of the line";
      default -> "'" + Character.toString(text.codePointAt(pos)) + "'";
    };
  }

  int offset() {
    return pos;
  }

  char peek() {
    return pos < text.length() ? text.charAt(pos) : END;
  }

  boolean at(String expected) {
    return text.startsWith(expected, pos);
  }

  void skip(int chars) {
    pos += chars;
  }

  void expect(String expected, String description) {
    if (!at(expected)) {
      throw unexpected(description);
    }
    pos += expected.length();
  }

  /** Skips past the next such character. The exception says what was expected. */
  void skipBehind(char c, String expected) {
    int found = text.indexOf(c, pos);
    pos = found < 0 ? text.length() : found + 1;
    if (found < 0) {
      throw unexpected(expected);
    }
  }

  /** Skips blanks and comments, and ends of lines if asked to. */
  void skipSpace(boolean lines) {
    boolean comment = false;
    while (peek() != END) {
      switch (peek()) {
        case '\r', '\n' -> {
          if (!lines) {
            return;
          }
          comment = false;
        }
        case '#' -> comment = true;
        case ' ', '\t' -> {}
        default -> {
          if (!comment) {
            return;
          }
        }
      }
      pos++;
    }
  }

  /** The name of a rule at an offset. */
  String nameAt(int offset) {
    int end = offset;
    while (end < text.length() && isWord(text.charAt(end))) {
      end++;
    }
    return text.substring(offset, end);
  }

  boolean atName() {
    return isWord(peek());
  }

  boolean atDigit() {
    return isDigit(peek());
  }

  long number(String what, long max) {
    int start = pos;
    while (isDigit(peek())) {
      pos++;
    }
    if (pos == start) {
      throw unexpected(what);
    }
    try {
      long value = Long.parseLong(text, start, pos, 10);
      if (value <= max) {
        return value;
      }
    } catch (NumberFormatException e) {
      // more than a long holds, and therefore more than max
    }
    String digits = text.substring(start, Math.min(pos, start + MAX_EXCERPT));
    throw refusal(
        start, String.format(Locale.ROOT, "%s, must be %s in [0, %d]", digits, what, max));
  }

  /**
   * A character of a literal or a class, possibly escaped. Never reads past the end of the text.
   */
  int character(String expected) {
    if (peek() == END) {
      throw unexpected(expected);
    }
    if (peek() != '\\') {
      int c = text.codePointAt(pos);
      pos += Character.charCount(c);
      return c;
    }
    pos++;
    char escaped = peek();
    return switch (escaped) {
      case 'x' -> hexadecimal(2);
      case 'u' -> hexadecimal(4);
      case 'U' -> hexadecimal(8);
      case 't' -> escaped('\t');
      case 'r' -> escaped('\r');
      case 'n' -> escaped('\n');
      case '\\', '"', '[', ']', '-' -> escaped(escaped);
      default -> throw unexpected("one of x u U t r n \\ \" [ ] - after a \\");
    };
  }

  private int escaped(char c) {
    pos++;
    return c;
  }

  private int hexadecimal(int digits) {
    int value = 0;
    for (int i = 0; i < digits; i++) {
      pos++;
      int digit = peek() < 0x80 ? Character.digit(peek(), 16) : -1;
      if (digit < 0) {
        throw unexpected(String.format(Locale.ROOT, "one of %d hexadecimal digits", digits));
      }
      value = value << 4 | digit;
    }
    pos++;
    return value;
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  private static boolean isWord(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || isDigit(c);
  }
}
