package dev.llamastream.internal.json;

import java.util.Locale;
import java.util.Map;

/** Writes JSON without white space. */
final class JsonWriter {

  private final StringBuilder out = new StringBuilder();

  private JsonWriter() {}

  static String write(Json value) {
    JsonWriter writer = new JsonWriter();
    writer.append(value);
    return writer.out.toString();
  }

  private void append(Json value) {
    switch (value) {
      case Json.Obj(var members) -> {
        String separator = "{";
        for (Map.Entry<String, Json> member : members.entrySet()) {
          out.append(separator);
          append(member.getKey());
          out.append(':');
          append(member.getValue());
          separator = ",";
        }
        out.append(members.isEmpty() ? "{}" : "}");
      }
      case Json.Arr(var elements) -> {
        String separator = "[";
        for (Json element : elements) {
          out.append(separator);
          append(element);
          separator = ",";
        }
        out.append(elements.isEmpty() ? "[]" : "]");
      }
      case Json.Str(String text) -> append(text);
      case Json.Num _, Json.Bool _, Json.Null _ -> out.append(value);
    }
  }

  private void append(String text) {
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"' -> out.append("\\\"");
        case '\\' -> out.append("\\\\");
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        default -> {
          if (c < ' ') {
            out.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
          } else {
            out.append(c);
          }
        }
      }
    }
    out.append('"');
  }
}
