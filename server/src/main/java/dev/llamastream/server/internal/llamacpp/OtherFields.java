package dev.llamastream.server.internal.llamacpp;

import dev.llamastream.server.internal.json.RequestJson;
import dev.llamastream.server.internal.json.UnreadFields;
import java.util.Map;
import java.util.Set;

/** The fields of llama.cpp's completions that this form does not read. */
final class OtherFields {

  private static final UnreadFields UNREAD =
      new UnreadFields(
          Set.of(
              // the engine chooses slots, and always looks for the longest prefix
              "id_slot",
              "n_cache_reuse",
              "slot_id",
              // the context never shifts, so all tokens are kept
              "n_keep",
              "n_discard",
              // only with fields that are refused, or only in llama.cpp's form of OpenAI's API
              "adaptive_decay",
              "dynatemp_exponent",
              "message_delimiters",
              "preserved_tokens",
              "stream_options",
              // how the response comes, but not what it says
              "backend_sampling",
              "sse_ping_interval"),
          Map.ofEntries(
              Map.entry("adaptive_target", Set.of("-1", "-1.0")),
              Map.entry("dynatemp_range", Set.of("0", "0.0")),
              Map.entry("min_keep", Set.of("0")),
              Map.entry("n_indent", Set.of("0")),
              Map.entry("reasoning_budget_tokens", Set.of("-1"))));

  private OtherFields() {}

  /** See {@link UnreadFields#check}. */
  static void check(RequestJson json) {
    UNREAD.check(json);
  }
}
