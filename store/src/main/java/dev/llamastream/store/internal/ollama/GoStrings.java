package dev.llamastream.store.internal.ollama;

import java.util.Map;

/** Strings in Go's notation and in Jinja's. */
final class GoStrings {

  private static final Map<Character, Character> ESCAPES =
      Map.of(
          'a', '\u0007', 'b', '\b', 'f', '\f', 'n', '\n', 'r', '\r', 't', '\t', 'v', '\u000b', '\\',
          '\\', '"', '"');

  private GoStrings() {}

  /**
   * Reads what stands between double quotes.
   *
   * @throws UntranslatableException if there is an escape that Go does not have, or one of a single
   *     byte that is no character
   */
  static String unquote(String quoted) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < quoted.length(); i++) {
      char c = quoted.charAt(i);
      if (c != '\\') {
        text.append(c);
        continue;
      }
      char escape = ++i < quoted.length() ? quoted.charAt(i) : 0;
      Character simple = ESCAPES.get(escape);
      int digits =
          switch (escape) {
            case 'x' -> 2;
            case 'u' -> 4;
            case 'U' -> 8;
            default -> 0;
          };
      if (simple != null) {
        text.append(simple);
      } else {
        text.appendCodePoint(codePoint(quoted, i, digits));
        i += digits;
      }
    }
    return text.toString();
  }

  private static int codePoint(String quoted, int escape, int digits) {
    String hex = quoted.substring(escape + 1, Math.min(quoted.length(), escape + 1 + digits));
    if (digits > 0 && hex.matches("[0-9a-fA-F]{" + digits + "}")) {
      long code = Long.parseLong(hex, 16);
      boolean whole = digits > 2 || code < 0x80;
      boolean surrogate = code >= Character.MIN_SURROGATE && code <= Character.MAX_SURROGATE;
      if (whole && !surrogate && code > 0 && code <= Character.MAX_CODE_POINT) {
        return (int) code;
      }
    }
    throw new UntranslatableException("an escape in the string \"" + quoted + "\"");
  }

  /** Text as a string of Jinja's. llama.cpp's lexer knows these escapes and no others. */
  static String jinja(String text) {
    StringBuilder quoted = new StringBuilder("'");
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '\n' -> quoted.append("\\n");
        case '\r' -> quoted.append("\\r");
        case '\t' -> quoted.append("\\t");
        case '\'' -> quoted.append("\\'");
        case '\\' -> quoted.append("\\\\");
        default -> quoted.append(c);
      }
    }
    return quoted.append('\'').toString();
  }
}
