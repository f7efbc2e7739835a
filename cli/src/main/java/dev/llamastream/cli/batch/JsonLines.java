package dev.llamastream.cli.batch;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Locale;

/** Reads and writes JSON, one object on a line. */
final class JsonLines {

  static final JsonMapper MAPPER =
      JsonMapper.builder(
              JsonFactory.builder()
                  // the limit of a line already bounds texts
                  .streamReadConstraints(
                      StreamReadConstraints.builder().maxStringLength(Integer.MAX_VALUE).build())
                  .build())
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  /**
   * UTF-8 cannot encode half of a surrogate pair. An escape keeps it, and the request is refused.
   */
  private static final JsonMapper ASCII =
      MAPPER.rebuild().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

  private JsonLines() {}

  /**
   * Parses a line.
   *
   * @throws LineException if it is not one JSON object
   */
  static ObjectNode parse(String text) throws LineException {
    try {
      if (MAPPER.readTree(text) instanceof ObjectNode object) {
        return object;
      }
      throw new LineException("invalid_line", "not a JSON object");
    } catch (JsonProcessingException e) {
      JsonLocation at = e.getLocation();
      String where =
          at == null ? "" : String.format(Locale.ROOT, " at column %d", at.getColumnNr());
      boolean twice = String.valueOf(e.getOriginalMessage()).startsWith("Duplicate field");
      throw new LineException(
          "invalid_line", twice ? "a field is there twice" + where : "not JSON" + where);
    }
  }

  /** Writes in ASCII. */
  static String write(JsonNode node) {
    try {
      return ASCII.writeValueAsString(node);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }
}
