package dev.llamastream.server.internal.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.io.JsonStringEncoder;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The server's JSON parser and writer. */
public final class Json {

  private static final JsonMapper MAPPER =
      JsonMapper.builder(
              JsonFactory.builder()
                  // the size limit of the body already bounds strings
                  .streamReadConstraints(
                      StreamReadConstraints.builder().maxStringLength(Integer.MAX_VALUE).build())
                  .build())
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private static final Pattern DUPLICATE = Pattern.compile("Duplicate field '(.*)'");

  private Json() {}

  /** An empty object. */
  public static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }

  /** Writes a tree, map, list, record or plain value as a single line. */
  public static String write(Object value) {
    try {
      return onOneLine(MAPPER.writeValueAsString(value));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A record or plain value as a tree. */
  public static JsonNode tree(Object value) {
    return MAPPER.valueToTree(value);
  }

  /** Quotes and escapes a text. */
  public static String quote(String text) {
    StringBuilder quoted = new StringBuilder(text.length() + 8).append('"');
    JsonStringEncoder.getInstance().quoteAsString(text, quoted);
    return onOneLine(quoted.append('"').toString());
  }

  /**
   * Escapes U+0085, U+2028 and U+2029. JSON allows them in texts, but some clients treat them as
   * the end of a line and thus of an event.
   */
  public static String onOneLine(String json) {
    for (int i = 0; i < json.length(); i++) {
      if (endsLines(json.charAt(i))) {
        return json.replace("\u0085", "\\u0085")
            .replace("\u2028", "\\u2028")
            .replace("\u2029", "\\u2029");
      }
    }
    return json;
  }

  private static boolean endsLines(char c) {
    return c == '\u0085' || c == '\u2028' || c == '\u2029';
  }

  /**
   * Parses an object.
   *
   * @throws ApiError 400 if the text is anything else
   */
  public static ObjectNode readObject(String text) {
    JsonNode node;
    try {
      node = MAPPER.readTree(text);
    } catch (JsonProcessingException e) {
      throw ApiError.badRequest(reason(e));
    }
    StrictText.check(node, text);
    if (node instanceof ObjectNode object) {
      return object;
    }
    throw ApiError.badRequest("not a JSON object");
  }

  /**
   * Describes the failure without the parser's message, which names internal classes and settings.
   */
  private static String reason(JsonProcessingException failure) {
    JsonLocation at = failure.getLocation();
    String where =
        at == null
            ? ""
            : String.format(Locale.ROOT, ", line %d, column %d", at.getLineNr(), at.getColumnNr());
    Matcher duplicate = DUPLICATE.matcher(String.valueOf(failure.getOriginalMessage()));
    if (duplicate.lookingAt()) {
      return "not JSON: the field " + duplicate.group(1) + " is there twice" + where;
    }
    return failure instanceof StreamConstraintsException
        ? "JSON of more than 1000 levels, or with a number of more than 1000 digits" + where
        : "not JSON" + where;
  }
}
