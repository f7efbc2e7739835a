package dev.llamastream.cli;

import java.io.PrintWriter;
import java.util.Iterator;
import java.util.Locale;
import java.util.Map;

/** Writes JSON on one line. */
final class Json {

  private Json() {}

  /**
   * Writes a value.
   *
   * @param value a map with texts as keys, an iterable, a text, a number or a boolean; a number
   *     that is not finite becomes {@code null}
   */
  static void write(Object value, PrintWriter out) {
    switch (value) {
      case Map<?, ?> map -> {
        String separator = "{";
        for (Map.Entry<?, ?> entry : map.entrySet()) {
          out.print(separator);
          writeText(String.valueOf(entry.getKey()), out);
          out.print(":");
          write(entry.getValue(), out);
          separator = ",";
        }
        out.print(map.isEmpty() ? "{}" : "}");
      }
      case Iterable<?> elements -> {
        out.print("[");
        for (Iterator<?> i = elements.iterator(); i.hasNext(); ) {
          write(i.next(), out);
          out.print(i.hasNext() ? "," : "");
        }
        out.print("]");
      }
      case CharSequence text -> writeText(text, out);
      case Number number -> out.print(Double.isFinite(number.doubleValue()) ? number : "null");
      case Boolean bool -> out.print(bool.booleanValue());
      default -> throw new IllegalArgumentException("value: " + value.getClass());
    }
  }

  private static void writeText(CharSequence text, PrintWriter out) {
    out.print('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"', '\\' -> out.print("\\" + c);
        case '\n' -> out.print("\\n");
        case '\t' -> out.print("\\t");
        default -> {
          // with a half of a pair of surrogates the output would not be UTF-8
          boolean plain = c >= ' ' && (!Character.isSurrogate(c) || isInPair(text, i));
          out.print(plain ? String.valueOf(c) : String.format(Locale.ROOT, "\\u%04x", (int) c));
        }
      }
    }
    out.print('"');
  }

  private static boolean isInPair(CharSequence text, int index) {
    return Character.isHighSurrogate(text.charAt(index))
        ? index + 1 < text.length() && Character.isLowSurrogate(text.charAt(index + 1))
        : index > 0 && Character.isHighSurrogate(text.charAt(index - 1));
  }
}
