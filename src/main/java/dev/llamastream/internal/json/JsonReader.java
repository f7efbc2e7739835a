package dev.llamastream.internal.json;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads a JSON text, strictly. If a name comes twice in an object, the last value counts. */
final class JsonReader {

  /** As the reader recurses for each level. */
  static final int MAX_DEPTH = 500;

  private static final Pattern NUMBER =
      Pattern.compile("-?(?:0|[1-9][0-9]*+)(?:\\.[0-9]++)?(?:[eE][+-]?[0-9]++)?");

  private final String text;
  private int at;
  private int depth;

  JsonReader(String text) {
    this.text = text;
  }

  Json read() {
    Json value = value();
    skipSpace();
    if (at < text.length()) {
      throw refusal("nothing may follow the value");
    }
    return value;
  }

  private Json value() {
    skipSpace();
    return switch (peek()) {
      case '{' -> nested(this::object);
      case '[' -> nested(this::array);
      case '"' -> new Json.Str(string());
      case 't' -> word("true", new Json.Bool(true));
      case 'f' -> word("false", new Json.Bool(false));
      case 'n' -> word("null", Json.Null.NULL);
      default -> number();
    };
  }

  private Json nested(java.util.function.Supplier<Json> read) {
    if (++depth > MAX_DEPTH) {
      throw refusal(String.format(Locale.ROOT, "nested more than %d deep", MAX_DEPTH));
    }
    at++;
    Json value = read.get();
    depth--;
    return value;
  }

  private Json object() {
    Map<String, Json> members = new LinkedHashMap<>();
    if (skipTo('}')) {
      return new Json.Obj(members);
    }
    do {
      skipSpace();
      String name = string();
      if (!skipTo(':')) {
        throw refusal("a colon is missing");
      }
      members.put(name, value());
    } while (skipTo(','));
    if (!skipTo('}')) {
      throw refusal("a comma or } is missing");
    }
    return new Json.Obj(members);
  }

  private Json array() {
    List<Json> elements = new ArrayList<>();
    if (skipTo(']')) {
      return new Json.Arr(elements);
    }
    do {
      elements.add(value());
    } while (skipTo(','));
    if (!skipTo(']')) {
      throw refusal("a comma or ] is missing");
    }
    return new Json.Arr(elements);
  }

  private String string() {
    if (peek() != '"') {
      throw refusal("a string is missing");
    }
    at++;
    StringBuilder string = new StringBuilder();
    while (true) {
      char c = peek();
      at++;
      if (c == '"') {
        return string.toString();
      }
      if (c < ' ') {
        at--;
        throw refusal("a control character in a string must be escaped");
      }
      string.append(c == '\\' ? escaped() : c);
    }
  }

  private char escaped() {
    char c = peek();
    at++;
    return switch (c) {
      case '"', '\\', '/' -> c;
      case 'b' -> '\b';
      case 'f' -> '\f';
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      case 'u' -> hex();
      default -> throw refusal("no such escape");
    };
  }

  private char hex() {
    int value = 0;
    for (int i = 0; i < 4; i++) {
      int digit = Character.digit(peek(), 16);
      if (digit < 0) {
        throw refusal("\\u needs four hexadecimal digits");
      }
      value = value << 4 | digit;
      at++;
    }
    return (char) value;
  }

  private Json word(String word, Json value) {
    if (!text.startsWith(word, at)) {
      throw refusal("no such value");
    }
    at += word.length();
    return value;
  }

  private Json number() {
    Matcher matcher = NUMBER.matcher(text).region(at, text.length());
    if (!matcher.lookingAt()) {
      throw refusal("a value is missing");
    }
    at = matcher.end();
    return new Json.Num(matcher.group());
  }

  /** Skips white space and this character; false if another one comes. */
  private boolean skipTo(char c) {
    skipSpace();
    if (at < text.length() && text.charAt(at) == c) {
      at++;
      return true;
    }
    return false;
  }

  private void skipSpace() {
    while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
  }

  private char peek() {
    if (at >= text.length()) {
      throw refusal("the text ends too early");
    }
    return text.charAt(at);
  }

  private IllegalArgumentException refusal(String why) {
    return new IllegalArgumentException(
        String.format(Locale.ROOT, "not JSON, at character %d: %s", at, why));
  }
}
