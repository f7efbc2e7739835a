package dev.llamastream.server.openai;

import com.fasterxml.jackson.databind.JsonNode;
import dev.llamastream.GenerationRequest;
import dev.llamastream.Prompt;
import dev.llamastream.SamplerParams;
import dev.llamastream.server.ApiError;
import dev.llamastream.server.RequestJson;
import dev.llamastream.server.SamplerFields;
import java.util.List;

/**
 * What a request for a generation wants, whatever its endpoint.
 *
 * @param stream whether the answer comes as events
 * @param includeUsage whether an event says at the end how many tokens it took
 */
record Wanted(GenerationRequest generation, boolean stream, boolean includeUsage) {

  private static final int MAX_STOPS = 4;

  /** Seeds are 64 bits wide there, and 32 here, of which one value means random. */
  private static final long SEEDS = 0xFFFF_FFFFL;

  /** Whether the answer tells the probabilities of its tokens. */
  boolean logprobs() {
    return generation.logprobs();
  }

  /**
   * Reads the fields that the endpoints have in common.
   *
   * @param topLogprobs how many likely tokens to tell beside each; negative for no probabilities
   * @throws ApiError 400 for a value of a wrong type or out of its range
   */
  static Wanted read(RequestJson json, Prompt prompt, int maxTokens, int topLogprobs) {
    json.text("model", "");
    json.integer("n", 1, 1, 1);
    List<String> stops = json.texts("stop");
    if (stops.size() > MAX_STOPS) {
      throw json.error("stop", stops.size() + " texts, must be at most " + MAX_STOPS);
    }
    boolean stream = json.bool("stream", false);
    if (json.has("stream_options") && !stream) {
      throw json.error("stream_options", "only where stream is true");
    }
    boolean includeUsage = json.object("stream_options").bool("include_usage", false);
    SamplerParams sampler = SamplerFields.read(json, seed(json));
    GenerationRequest.Builder request =
        switch (prompt) {
          case Prompt.Text(String text) -> GenerationRequest.builder(text);
          case Prompt.Tokens(List<Integer> ids) ->
              GenerationRequest.builder(ids.stream().mapToInt(Integer::intValue).toArray());
        };
    request.maxTokens(maxTokens).sampler(sampler).stopSequences(stops);
    if (topLogprobs >= 0) {
      request.logprobs(true).topLogprobs(topLogprobs);
    }
    return new Wanted(request.build(), stream, includeUsage);
  }

  private static long seed(RequestJson json) {
    return json.has("seed")
        ? Math.floorMod(json.integer("seed", 0L, Long.MIN_VALUE, Long.MAX_VALUE), SEEDS)
        : SamplerParams.RANDOM_SEED;
  }

  /**
   * Refuses features that change what an answer is, and that nothing here does: an answer without
   * them would be taken for one with them.
   */
  static void refuse(RequestJson json, String... features) {
    for (String feature : features) {
      var value = json.node(feature);
      if (value != null && !isEmpty(value)) {
        throw new ApiError(
            400, "invalid_request_error", "unsupported_parameter", feature + ": not supported");
      }
    }
  }

  /** Some clients send fields that they have no use for. */
  private static boolean isEmpty(JsonNode value) {
    return value.isTextual()
        ? value.textValue().isEmpty()
        : value.isContainerNode() && value.isEmpty();
  }
}
