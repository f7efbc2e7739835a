package dev.llamastream.server.internal.json;

import com.fasterxml.jackson.databind.JsonNode;
import dev.llamastream.GenerationRequest;
import dev.llamastream.Prompt;
import dev.llamastream.SamplerParams;
import java.time.Duration;
import java.util.List;

/** A generation request in the server's own JSON format. */
public final class GenerationFields {

  private GenerationFields() {}

  /**
   * Reads all fields that the caller has not read yet.
   *
   * @param defaults for absent fields
   * @throws ApiError 400 for an unknown field or a wrong type
   * @throws dev.llamastream.InvalidValueException for a value that the library rejects
   */
  public static GenerationRequest read(RequestJson json, Defaults defaults) {
    String maxTokens = json.called("maxTokens", json.either("max_tokens", "n_predict"));
    String seed = json.called("seed", "seed");
    SamplerParams.Builder sampler = SamplerFields.read(json, defaults.sampler());
    SchemaFields.apply(json, sampler);
    GenerationRequest.Builder request =
        promptOf(json)
            .maxTokens(
                json.count(
                    maxTokens,
                    defaults.maxTokensOr(GenerationRequest.DEFAULT_MAX_TOKENS),
                    Integer.MAX_VALUE))
            .sampler(sampler.seed(json.integer(seed, defaults.sampler().seed())).build())
            .stopSequences(stops(json, defaults))
            .reusePrefix(json.bool("cache_prompt", true))
            .timeout(timeout(json))
            .echo(json.bool("echo", false));
    json.rejectUnknown();
    return request.build();
  }

  /** The timeout, in seconds. */
  static Duration timeout(RequestJson json) {
    return Duration.ofNanos((long) (json.number(json.called("timeout", "timeout"), 0) * 1e9));
  }

  /** The stop sequences. Empty ones are dropped: they would never stop anything. */
  public static List<String> stops(RequestJson json, Defaults defaults) {
    if (!json.has("stop")) {
      return defaults.stopSequences();
    }
    return json.texts(json.called("stopSequences", "stop")).stream()
        .filter(text -> !text.isEmpty())
        .toList();
  }

  /** Reads the prompt: a text, or a list of token ids. */
  private static GenerationRequest.Builder promptOf(RequestJson json) {
    String field = json.called("prompt", "prompt");
    JsonNode prompt = json.node(field);
    if (prompt == null || !prompt.isArray()) {
      return GenerationRequest.builder(json.text(field));
    }
    return Prompts.request(new Prompt.Tokens(TokenIds.read(json, field)));
  }
}
