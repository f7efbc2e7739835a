package dev.llamastream.server.internal.openai;

import dev.llamastream.server.internal.json.RequestJson;
import dev.llamastream.server.internal.json.UnreadFields;
import java.util.Map;
import java.util.Set;

/** The fields that clients of OpenAI, llama.cpp and vLLM send but this form does not read. */
final class OtherFields {

  /** These fields change how the response is generated or stored, but not its content. */
  private static final Set<String> HARMLESS =
      Set.of(
          // OpenAI
          "max_tool_calls",
          "metadata",
          "parallel_tool_calls",
          "prediction",
          "prompt_cache_key",
          "prompt_cache_options",
          "prompt_cache_retention",
          "safety_identifier",
          "service_tier",
          "store",
          "stream_options.include_obfuscation",
          "user",
          // llama.cpp
          "backend_sampling",
          "dynatemp_exponent",
          "id_slot",
          "n_cache_reuse",
          "n_discard",
          "n_indent",
          "n_keep",
          "slot_id",
          "sse_ping_interval",
          // vLLM
          "cache_salt",
          "priority",
          "request_id",
          "spaces_between_special_tokens");

  /** With these values, written as compact JSON, the fields have no effect. */
  private static final Map<String, Set<String>> NEUTRAL =
      Map.ofEntries(
          Map.entry("add_special_tokens", Set.of("true")),
          Map.entry("add_generation_prompt", Set.of("true")),
          Map.entry("adaptive_target", Set.of("-1", "-1.0")),
          Map.entry("dynatemp_range", Set.of("0", "0.0")),
          Map.entry("function_call", Set.of("\"none\"", "\"auto\"")),
          Map.entry("include_reasoning", Set.of("true")),
          Map.entry("length_penalty", Set.of("1", "1.0")),
          Map.entry("min_keep", Set.of("0")),
          Map.entry("min_tokens", Set.of("0")),
          Map.entry("modalities", Set.of("[\"text\"]")),
          Map.entry("n_probs", Set.of("0")),
          Map.entry("parse_tool_calls", Set.of("true")),
          Map.entry("reasoning_format", Set.of("\"auto\"", "\"deepseek\"")),
          Map.entry("skip_special_tokens", Set.of("true")),
          Map.entry("t_max_predict_ms", Set.of("0", "-1")),
          Map.entry("text.verbosity", Set.of("\"medium\"")),
          Map.entry("tool_choice", Set.of("\"none\"", "\"auto\"")),
          Map.entry("truncation", Set.of("\"disabled\"", "\"auto\"")),
          Map.entry("verbosity", Set.of("\"medium\"")),
          Map.entry("web_search_options", Set.of())); // an empty object asks for a search, too

  private static final UnreadFields UNREAD = new UnreadFields(HARMLESS, NEUTRAL);

  private OtherFields() {}

  /**
   * Checks the unread fields. Call this after all supported fields have been read.
   *
   * @throws dev.llamastream.server.internal.json.ApiError 400 for a field that asks for an
   *     unsupported feature
   */
  static void check(RequestJson json) {
    UNREAD.check(json);
  }
}
