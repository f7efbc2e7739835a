package dev.llamastream.server.internal.json;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import java.util.Set;

/**
 * What a form does with the fields that clients send but it does not read. Fields without effect
 * are ignored. Fields that would change the response are refused, so that the client does not
 * mistake the response for what it asked for.
 *
 * @param harmless fields that change how the response is generated or stored, but not its content
 * @param neutral values, written as compact JSON, with which fields have no effect
 */
public record UnreadFields(Set<String> harmless, Map<String, Set<String>> neutral) {

  /**
   * Checks the unread fields. Call this after all supported fields have been read.
   *
   * @throws ApiError 400 for a field that asks for an unsupported feature
   */
  public void check(RequestJson json) {
    json.forEachUnread(
        (name, value) -> {
          Set<String> without = neutral.get(name);
          boolean ignored =
              without == null
                  ? harmless.contains(name) || isEmpty(value)
                  : value.isNull() || without.contains(Json.write(value));
          if (!ignored) {
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
