package dev.llamastream.store.internal.ollama;

import dev.llamastream.store.internal.ollama.GoToken.Kind;
import java.util.ArrayList;
import java.util.List;

/** Splits a Go template into tokens, as Go's package text/template/parse does. */
final class GoLexer {

  private static final String SPACES = " \t\r\n";

  private final String source;
  private final List<GoToken> tokens = new ArrayList<>();
  private int position;

  /** Whether the space at the beginning of the next text goes. */
  private boolean trim;

  private GoLexer(String source) {
    this.source = source;
  }

  /**
   * The tokens, the last of which is {@link Kind#END}.
   *
   * @throws UntranslatableException if there is something that is no token
   */
  static List<GoToken> tokens(String source) {
    GoLexer lexer = new GoLexer(source);
    while (lexer.position < source.length()) {
      lexer.text();
    }
    lexer.add(Kind.END, "", false);
    return lexer.tokens;
  }

  private void add(Kind kind, String text, boolean afterSpace) {
    tokens.add(new GoToken(kind, text, afterSpace));
  }

  /** A text, and the action behind it. */
  private void text() {
    int open = source.indexOf("{{", position);
    int end = open < 0 ? source.length() : open;
    int begin = position;
    while (trim && begin < end && isSpace(begin)) {
      begin++;
    }
    position = end + (open < 0 ? 0 : 2);
    if (open >= 0 && at(position) == '-' && isSpace(position + 1)) {
      position += 2;
      while (end > begin && isSpace(end - 1)) {
        end--;
      }
    }
    if (end > begin) {
      add(Kind.TEXT, source.substring(begin, end), false);
    }
    trim = false;
    if (open >= 0 && source.startsWith("/*", position)) {
      comment();
    } else if (open >= 0) {
      action();
    }
  }

  private void comment() {
    int end = source.indexOf("*/", position + 2);
    if (end < 0) {
      throw new UntranslatableException("a comment has no end");
    }
    position = end + 2;
    if (!close()) {
      throw new UntranslatableException("something follows a comment");
    }
  }

  private void action() {
    add(Kind.OPEN, "{{", false);
    boolean space = false;
    while (!close()) {
      if (isSpace(position)) {
        position++;
        space = true;
      } else {
        token(space);
        space = false;
      }
    }
    add(Kind.CLOSE, "}}", space);
  }

  /** Passes over the end of an action, if it is here. */
  private boolean close() {
    if (source.startsWith("}}", position)) {
      position += 2;
      return true;
    }
    if (isSpace(position) && source.startsWith("-}}", position + 1)) {
      position += 4;
      trim = true;
      return true;
    }
    return false;
  }

  private void token(boolean afterSpace) {
    char c = at(position);
    switch (c) {
      case '(' -> single(Kind.LEFT_PAREN, afterSpace);
      case ')' -> single(Kind.RIGHT_PAREN, afterSpace);
      case '|' -> single(Kind.PIPE, afterSpace);
      case ',' -> single(Kind.COMMA, afterSpace);
      case '=' -> single(Kind.ASSIGN, afterSpace);
      case ':' -> {
        if (at(position + 1) != '=') {
          throw new UntranslatableException("a ':' without '='");
        }
        position += 2;
        add(Kind.DECLARE, ":=", afterSpace);
      }
      case '"', '`' -> string(c, afterSpace);
      case '$' -> name(Kind.VARIABLE, 1, afterSpace);
      case '.' -> {
        if (isDigit(at(position + 1))) {
          number(afterSpace);
        } else if (isNamePart(position + 1)) {
          name(Kind.FIELD, 1, afterSpace);
        } else {
          name(Kind.DOT, 1, afterSpace);
        }
      }
      default -> {
        if (isDigit(c) || c == '-' || c == '+') {
          number(afterSpace);
        } else if (position < source.length() && isNamePart(position)) {
          name(Kind.WORD, 0, afterSpace);
        } else if (position >= source.length()) {
          throw new UntranslatableException("an action has no end");
        } else {
          throw new UntranslatableException(
              "the character " + Character.getName(source.codePointAt(position)));
        }
      }
    }
  }

  private void single(Kind kind, boolean afterSpace) {
    add(kind, source.substring(position, position + 1), afterSpace);
    position++;
  }

  private void name(Kind kind, int prefix, boolean afterSpace) {
    int begin = position + prefix;
    position = begin;
    while (isNamePart(position)) {
      position += Character.charCount(source.codePointAt(position));
    }
    boolean ends =
        position >= source.length()
            || " \t\r\n.,|:)(".indexOf(source.charAt(position)) >= 0
            || source.startsWith("}}", position);
    if (!ends) {
      throw new UntranslatableException(
          "the character " + at(position) + " after " + source.substring(begin, position));
    }
    add(kind, source.substring(begin, position), afterSpace);
  }

  private void number(boolean afterSpace) {
    int begin = position;
    position++;
    while (isNamePart(position) || at(position) == '.') {
      position++;
    }
    String text = source.substring(begin, position);
    if (!text.matches("[+-]?(0|[1-9][0-9]{0,8})")) {
      throw new UntranslatableException("the number " + text);
    }
    add(Kind.NUMBER, text.replace("+", ""), afterSpace);
  }

  private void string(char quote, boolean afterSpace) {
    int begin = ++position;
    while (at(position) != quote) {
      if (position >= source.length() || (quote == '"' && at(position) == '\n')) {
        throw new UntranslatableException("a string has no end");
      }
      position += quote == '"' && at(position) == '\\' ? 2 : 1;
    }
    String text = source.substring(begin, position);
    // Go drops carriage returns of raw strings
    add(Kind.STRING, quote == '"' ? GoStrings.unquote(text) : text.replace("\r", ""), afterSpace);
    position++;
  }

  private char at(int index) {
    return index < source.length() ? source.charAt(index) : 0;
  }

  private boolean isSpace(int index) {
    return index < source.length() && SPACES.indexOf(source.charAt(index)) >= 0;
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  private boolean isNamePart(int index) {
    if (index >= source.length()) {
      return false;
    }
    int c = source.codePointAt(index);
    return c == '_' || Character.isLetter(c) || Character.isDigit(c);
  }
}
