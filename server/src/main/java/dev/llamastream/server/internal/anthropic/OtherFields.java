package dev.llamastream.server.internal.anthropic;

import dev.llamastream.server.internal.json.RequestJson;
import dev.llamastream.server.internal.json.UnreadFields;
import java.util.Map;
import java.util.Set;

/** The fields that clients of Anthropic send but this server does not read. */
final class OtherFields {

  private static final UnreadFields UNREAD =
      new UnreadFields(
          // these change how a request is accounted for or cached; prefixes are always cached
          Set.of("cache_control", "metadata", "service_tier", "user_profile_id", "workspace_id"),
          Map.of(
              "speed",
              Set.of("\"standard\""),
              "context_management",
              Set.of(
                  "{}",
                  "{\"edits\":[]}",
                  "{\"edits\":[{\"type\":\"clear_thinking_20251015\",\"keep\":\"all\"}]}")));

  private OtherFields() {}

  /** See {@link UnreadFields#check}. */
  static void check(RequestJson json) {
    UNREAD.check(json);
  }
}
