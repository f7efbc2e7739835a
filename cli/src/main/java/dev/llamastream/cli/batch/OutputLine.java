package dev.llamastream.cli.batch;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a line of an output says about the line of the input that it answers.
 *
 * @param line the number of the input's line
 * @param crc the CRC-32C of the input's line
 * @param failed whether it has an error instead of an answer
 */
record OutputLine(int line, int crc, boolean failed) {

  private static final Pattern ID =
      Pattern.compile(OutputLines.ID_PREFIX + "([0-9]{1,9})_([0-9a-f]{8})");
  private static final Pattern CRC = Pattern.compile("[0-9a-f]{8}");
  private static final int OK = 200;

  /** Reads a line; null if no batch wrote it. */
  static @Nullable OutputLine parse(byte[] json) {
    try (JsonParser parser = JsonLines.MAPPER.createParser(json)) {
      return parser.nextToken() == JsonToken.START_OBJECT ? read(parser) : null;
    } catch (IOException e) {
      return null;
    }
  }

  private static @Nullable OutputLine read(JsonParser parser) throws IOException {
    String id = "";
    String crc = "";
    int line = 0;
    boolean failed = false;
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String field = parser.currentName();
      JsonToken value = parser.nextToken();
      switch (field) {
        case "id" -> id = parser.getText();
        case "line" -> line = value == JsonToken.VALUE_NUMBER_INT ? parser.getIntValue() : 0;
        case "crc" -> crc = parser.getText();
        case "error" -> failed |= value != JsonToken.VALUE_NULL;
        case "response" -> failed |= value == JsonToken.START_OBJECT && status(parser) != OK;
        default -> {}
      }
      parser.skipChildren();
    }
    boolean whole = parser.currentToken() == JsonToken.END_OBJECT && parser.nextToken() == null;
    return whole ? of(id, line, crc, failed) : null;
  }

  /** The first field of a response; the rest is left to be skipped. */
  private static int status(JsonParser parser) throws IOException {
    int status = 0;
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      boolean isStatus = parser.currentName().equals("status_code");
      JsonToken value = parser.nextToken();
      if (isStatus && value == JsonToken.VALUE_NUMBER_INT) {
        status = parser.getIntValue();
      }
      parser.skipChildren();
    }
    return status;
  }

  private static @Nullable OutputLine of(String id, int line, String crc, boolean failed) {
    if (line > 0 && CRC.matcher(crc).matches()) {
      return new OutputLine(line, Integer.parseUnsignedInt(crc, 16), failed);
    }
    Matcher parts = ID.matcher(id);
    return parts.matches()
        ? new OutputLine(
            Integer.parseInt(parts.group(1)), Integer.parseUnsignedInt(parts.group(2), 16), failed)
        : null;
  }
}
