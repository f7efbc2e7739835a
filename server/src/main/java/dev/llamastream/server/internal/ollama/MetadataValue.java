package dev.llamastream.server.internal.ollama;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.DecimalNode;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.math.BigDecimal;
import java.util.Set;
import java.util.regex.Pattern;

/** Gives a value of a model's metadata its type back: the library has all of them as text. */
final class MetadataValue {

  private static final Pattern WHOLE = Pattern.compile("-?\\d{1,18}");
  private static final Pattern REAL =
      Pattern.compile("-?\\d{1,40}(\\.\\d{1,40})?([eE][-+]?\\d{1,2})?");

  /** The other general entries are texts, and some look like numbers, such as a version. */
  private static final Set<String> NUMBERS =
      Set.of("general.alignment", "general.file_type", "general.quantization_version");

  private MetadataValue() {}

  static JsonNode of(String key, String value) {
    if (key.startsWith("general.") && !NUMBERS.contains(key)) {
      return TextNode.valueOf(value);
    }
    if (value.equals("true") || value.equals("false")) {
      return BooleanNode.valueOf(value.equals("true"));
    }
    if (WHOLE.matcher(value).matches()) {
      return LongNode.valueOf(Long.parseLong(value));
    }
    return REAL.matcher(value).matches()
        ? DecimalNode.valueOf(new BigDecimal(value))
        : TextNode.valueOf(value);
  }
}
