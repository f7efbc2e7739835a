package dev.llamastream.server.internal.json;

import com.fasterxml.jackson.databind.JsonNode;
import dev.llamastream.GenerationRequest;
import dev.llamastream.SamplerParams;
import java.time.Duration;
import java.util.List;

/** Our own form of a generation in JSON: what is asked for, and what is said at its end. */
public final class GenerationFields {

  private static final long MAX_SEED = 0xFFFF_FFFEL;
  private static final double MAX_TIMEOUT_SECONDS = 36_500 * 86_400.0;

  private GenerationFields() {}

  /**
   * Reads all fields but those that the caller has read.
   *
   * @throws ApiError 400 for a field that makes no sense, or that does not exist
   */
  public static GenerationRequest read(RequestJson json) {
    GenerationRequest.Builder request =
        promptOf(json)
            .maxTokens(
                json.count(
                    json.either("max_tokens", "n_predict"),
                    GenerationRequest.DEFAULT_MAX_TOKENS,
                    Integer.MAX_VALUE))
            .sampler(SamplerFields.read(json, seed(json)))
            .stopSequences(stops(json))
            .reusePrefix(json.bool("cache_prompt", true))
            .timeout(
                Duration.ofNanos((long) (json.number("timeout", 0, 0, MAX_TIMEOUT_SECONDS) * 1e9)))
            .echo(json.bool("echo", false));
    json.rejectUnknown();
    try {
      return request.build();
    } catch (IllegalArgumentException e) {
      throw ApiError.of(e);
    }
  }

  /** An empty one stops nothing. */
  private static List<String> stops(RequestJson json) {
    return json.texts("stop").stream().filter(text -> !text.isEmpty()).toList();
  }

  private static long seed(RequestJson json) {
    return json.integer("seed", SamplerParams.RANDOM_SEED, SamplerParams.RANDOM_SEED, MAX_SEED);
  }

  /** A text, or a list of token ids. */
  private static GenerationRequest.Builder promptOf(RequestJson json) {
    JsonNode prompt = json.node("prompt");
    if (prompt == null || !prompt.isArray()) {
      return GenerationRequest.builder(json.text("prompt"));
    }
    int[] ids = new int[prompt.size()];
    for (int i = 0; i < ids.length; i++) {
      JsonNode id = prompt.get(i);
      if (!id.isInt()) {
        throw json.wrongType("prompt", id, "a token id");
      }
      ids[i] = id.intValue();
    }
    try {
      return GenerationRequest.builder(ids);
    } catch (IllegalArgumentException e) {
      throw ApiError.of(e);
    }
  }
}
