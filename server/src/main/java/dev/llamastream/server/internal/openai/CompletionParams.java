package dev.llamastream.server.internal.openai;

import dev.llamastream.SamplerParams;
import dev.llamastream.server.internal.json.Defaults;
import dev.llamastream.server.internal.json.GenerationFields;
import dev.llamastream.server.internal.json.RequestJson;
import dev.llamastream.server.internal.json.Seeds;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The fields that the completion endpoints have in common.
 *
 * @param samplers one for each choice of a prompt
 * @param stream whether to respond with events
 * @param includeUsage whether a final event reports the token counts
 */
record CompletionParams(
    List<SamplerParams> samplers,
    boolean stream,
    boolean includeUsage,
    List<String> stops,
    boolean reusePrefix) {

  private static final int MAX_CHOICES = 128;

  /** The number of choices per prompt. */
  int n() {
    return samplers.size();
  }

  /**
   * Reads the common fields. The caller must have read all others.
   *
   * @param defaults for absent fields
   * @param sampler how tokens are chosen, without the seed
   * @param prompts how many there are
   * @throws dev.llamastream.server.internal.json.ApiError 400 for a value of a wrong type or out of
   *     its range, and for a field that asks for an unsupported feature
   */
  static CompletionParams read(
      RequestJson json, Defaults defaults, SamplerParams.Builder sampler, int prompts) {
    json.text("model", "");
    int n = json.integer(json.either("n", "n_cmpl"), 1, 1, MAX_CHOICES);
    long choices = (long) n * prompts;
    if (choices > MAX_CHOICES) {
      throw json.error(
          prompts > MAX_CHOICES ? "prompt" : "n",
          String.format(
              Locale.ROOT,
              "%d choices for each of %d prompts, must be at most %d in all",
              n,
              prompts,
              MAX_CHOICES));
    }
    boolean stream = json.bool("stream", false);
    if (json.has("stream_options") && !stream) {
      throw json.error("stream_options", "only where stream is true");
    }
    boolean includeUsage = json.object("stream_options").bool("include_usage", false);
    List<String> stops = GenerationFields.stops(json, defaults);
    boolean reusePrefix = json.bool("cache_prompt", true);
    long seed = json.integer("seed", defaults.sampler().seed());
    List<SamplerParams> samplers = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      samplers.add(sampler.seed(Seeds.of(i, seed)).build());
    }
    OtherFields.check(json);
    return new CompletionParams(samplers, stream, includeUsage, stops, reusePrefix);
  }
}
