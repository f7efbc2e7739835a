package dev.llamastream.server.internal.json;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.Locale;
import java.util.regex.Pattern;

/** Decodes texts from clients. Malformed text is refused, never replaced. */
public final class StrictText {

  private static final char BYTE_ORDER_MARK = '\uFEFF';
  private static final Pattern SURROGATE = Pattern.compile("\\\\u[dD][89a-fA-F]");

  private StrictText() {}

  /**
   * Decodes a text and drops a byte order mark.
   *
   * @param what the name of the text, for the error message
   * @throws ApiError 400 if it is not UTF-8
   */
  public static String decode(String what, byte[] utf8) {
    try {
      String text = UTF_8.newDecoder().decode(ByteBuffer.wrap(utf8)).toString();
      return !text.isEmpty() && text.charAt(0) == BYTE_ORDER_MARK ? text.substring(1) : text;
    } catch (CharacterCodingException e) {
      throw ApiError.badRequest(what + ": not UTF-8");
    }
  }

  /**
   * Refuses unpaired surrogates. JSON can escape half a surrogate pair, but UTF-8 cannot encode
   * one.
   *
   * @param source the text of the tree; without an escaped surrogate there is nothing to check
   * @throws ApiError 400 if a text in the tree has half a surrogate pair
   */
  static void check(JsonNode tree, String source) {
    if (SURROGATE.matcher(source).find()) {
      check("", tree);
    }
  }

  private static void check(String name, JsonNode node) {
    if (node.isTextual()) {
      check(name, node.textValue());
    }
    for (int i = 0; node.isArray() && i < node.size(); i++) {
      check(name + "[" + i + "]", node.get(i));
    }
    if (node.isObject()) {
      node.forEachEntry(
          (key, value) -> {
            check(name.isEmpty() ? key : name + "." + key, value);
          });
    }
  }

  private static void check(String name, String text) {
    int next;
    for (int i = 0; i < text.length(); i = next) {
      int character = text.codePointAt(i);
      // codePointAt joins a pair into one larger code point
      if (character >= Character.MIN_SURROGATE && character <= Character.MAX_SURROGATE) {
        throw ApiError.badField(
            name,
            String.format(
                Locale.ROOT, "half a surrogate pair at index %d, must be whole characters", i));
      }
      next = i + Character.charCount(character);
    }
  }
}
