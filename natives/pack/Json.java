import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Maps, lists, numbers and strings as JSON. */
final class Json {

  private Json() {}

  /** An object with these keys and values, in this order. */
  static Map<String, Object> object(Object... keysAndValues) {
    Map<String, Object> map = new LinkedHashMap<>();
    for (int i = 0; i < keysAndValues.length; i += 2) {
      map.put((String) keysAndValues[i], keysAndValues[i + 1]);
    }
    return map;
  }

  static String of(Object value) {
    return text(value, "\n") + "\n";
  }

  private static String text(Object value, String newLine) {
    String inner = newLine + "  ";
    return switch (value) {
      case Map<?, ?> map ->
          map.entrySet().stream()
              .map(entry -> text(entry.getKey(), inner) + ": " + text(entry.getValue(), inner))
              .collect(Collectors.joining("," + inner, "{" + inner, newLine + "}"));
      case List<?> list when list.isEmpty() -> "[]";
      case List<?> list ->
          list.stream()
              .map(element -> text(element, inner))
              .collect(Collectors.joining("," + inner, "[" + inner, newLine + "]"));
      case Integer number -> number.toString();
      case String string -> quoted(string);
      default -> throw new IllegalArgumentException("no JSON: " + value);
    };
  }

  private static String quoted(String string) {
    StringBuilder text = new StringBuilder("\"");
    for (char c : string.toCharArray()) {
      if (c < ' ') {
        text.append("\\u%04x".formatted((int) c));
      } else if (c == '"' || c == '\\') {
        text.append('\\').append(c);
      } else {
        text.append(c);
      }
    }
    return text.append('"').toString();
  }
}
