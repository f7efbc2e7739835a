package dev.llamastream.server.internal.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import dev.llamastream.server.internal.json.ApiError;
import dev.llamastream.server.internal.json.Json;
import dev.llamastream.server.internal.json.RequestJson;
import java.util.Map;
import java.util.Set;

/**
 * Checks the fields that clients of Anthropic send but this server does not read. A field that
 * would change the response is refused, so that the client does not mistake the response for what
 * it asked for.
 */
final class OtherFields {

  /** These fields change how a request is accounted for or cached. Prefixes are always cached. */
  private static final Set<String> HARMLESS =
      Set.of("cache_control", "metadata", "service_tier", "user_profile_id", "workspace_id");

  /** With these values, written as compact JSON, the fields have no effect. */
  private static final Map<String, Set<String>> NEUTRAL =
      Map.of(
          "speed",
          Set.of("\"standard\""),
          "context_management",
          Set.of(
              "{\"edits\":[]}",
              "{\"edits\":[{\"type\":\"clear_thinking_20251015\",\"keep\":\"all\"}]}"));

  private OtherFields() {}

  /**
   * Checks the unread fields. Call this after all supported fields have been read.
   *
   * @throws ApiError 400 for a field that asks for an unsupported feature
   */
  static void check(RequestJson json) {
    json.forEachUnread(
        (name, value) -> {
          if (!HARMLESS.contains(name) && !isNeutral(name, value)) {
            throw ApiError.unsupported(name);
          }
        });
  }

  private static boolean isNeutral(String name, JsonNode value) {
    boolean empty = value.isNull() || (value.isContainerNode() && value.isEmpty());
    return empty || NEUTRAL.getOrDefault(name, Set.of()).contains(Json.write(value));
  }
}
