package dev.llamastream.server.internal.ollama;

import com.fasterxml.jackson.databind.JsonNode;
import dev.llamastream.server.internal.json.RequestJson;
import java.util.regex.Pattern;

/**
 * The field {@code keep_alive}: seconds, or a text such as {@code 5m}. The server decides how long
 * a model stays in memory, so this is only checked.
 */
final class KeepAlive {

  /** Its loop is possessive: another kind of loop needs more stack for a longer text. */
  private static final Pattern DURATION =
      Pattern.compile("[-+]?(0|((\\d+\\.?\\d*|\\.\\d+)(ns|us|µs|μs|ms|s|m|h))++)");

  private KeepAlive() {}

  /** Whether the client wants the model unloaded at once. */
  static boolean isZero(RequestJson json) {
    JsonNode value = json.node("keep_alive");
    if (value == null) {
      return false;
    }
    if (value.isNumber()) {
      return value.doubleValue() == 0;
    }
    if (value.isTextual() && DURATION.matcher(value.textValue()).matches()) {
      return value.textValue().chars().noneMatch(c -> c >= '1' && c <= '9');
    }
    throw json.wrongType("keep_alive", value, "seconds, or a duration such as 5m");
  }
}
