package dev.llamastream.server.internal.json;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import java.util.Set;

/**
 * The fields that clients of a form send but the form does not read. Fields without effect are
 * ignored. Fields that would change the response are refused, so that the client does not mistake
 * the response for what it asked for.
 *
 * @param harmless change how the response is generated or stored, but not its content
 * @param neutral values, written as compact JSON, with which a field has no effect
 */
public record UnreadFields(Set<String> harmless, Map<String, Set<String>> neutral) {

  /** Copies its arguments. */
  public UnreadFields {
    harmless = Set.copyOf(harmless);
    neutral = Map.copyOf(neutral);
  }

  /**
   * Checks the unread fields. Call this after all supported fields have been read.
   *
   * @throws ApiError 400 for a field that asks for an unsupported feature
   */
  public void check(RequestJson json) {
    json.forEachUnread(
        (name, value) -> {
          Set<String> values = neutral.get(name);
          boolean without =
              values == null
                  ? harmless.contains(name) || isEmpty(value)
                  : value.isNull() || values.contains(Json.write(value));
          if (!without) {
            throw ApiError.unsupported(name);
          }
        });
  }

  /** Whether the value is empty. Some clients send unused fields with empty values. */
  private static boolean isEmpty(JsonNode value) {
    return switch (value.getNodeType()) {
      case NULL -> true;
      case BOOLEAN -> !value.booleanValue();
      case STRING -> value.textValue().isEmpty();
      default -> value.isContainerNode() && value.isEmpty();
    };
  }
}
