package dev.llamastream.server.internal.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.llamastream.SamplerParams;
import dev.llamastream.server.internal.json.Json;
import dev.llamastream.server.internal.json.RequestJson;
import org.jspecify.annotations.Nullable;

/** The fields of a request that its response repeats. Absent ones have their defaults. */
record ResponseSettings(
    @Nullable JsonNode instructions,
    @Nullable JsonNode maxOutputTokens,
    @Nullable JsonNode maxToolCalls,
    JsonNode metadata,
    boolean parallelToolCalls,
    @Nullable JsonNode promptCacheKey,
    JsonNode reasoning,
    @Nullable JsonNode safetyIdentifier,
    String serviceTier,
    double temperature,
    JsonNode text,
    JsonNode toolChoice,
    JsonNode tools,
    int topLogprobs,
    double topP,
    JsonNode truncation,
    @Nullable JsonNode user) {

  /** Repeats a request whose other fields have been read. */
  static ResponseSettings of(RequestJson json, SamplerParams sampler) {
    return new ResponseSettings(
        json.node("instructions"),
        json.node("max_output_tokens"),
        json.node("max_tool_calls"),
        or(json.node("metadata"), Json.object()),
        json.bool("parallel_tool_calls", true),
        json.node("prompt_cache_key"),
        or(json.node("reasoning"), Json.object().putNull("effort").putNull("summary")),
        json.node("safety_identifier"),
        "default",
        sampler.temperature(),
        text(json.node("text")),
        or(json.node("tool_choice"), TextNode.valueOf("auto")),
        or(json.node("tools"), emptyList()),
        json.integer("top_logprobs", 0),
        sampler.topP(),
        TextNode.valueOf("disabled"),
        json.node("user"));
  }

  private static JsonNode text(@Nullable JsonNode asked) {
    JsonNode plain = Json.object().set("format", Json.object().put("type", "text"));
    return asked != null && asked.hasNonNull("format") ? asked : plain;
  }

  private static ArrayNode emptyList() {
    return Json.object().arrayNode();
  }

  private static JsonNode or(@Nullable JsonNode asked, JsonNode otherwise) {
    return asked == null ? otherwise : asked;
  }
}
