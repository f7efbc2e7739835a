package dev.llamastream.server.internal.llamacpp;

import dev.llamastream.GenerationRequest;
import dev.llamastream.Prompt;
import dev.llamastream.SamplerParams;
import dev.llamastream.server.internal.http.Request;
import dev.llamastream.server.internal.json.Defaults;
import dev.llamastream.server.internal.json.GenerationFields;
import dev.llamastream.server.internal.json.Prompts;
import dev.llamastream.server.internal.json.RequestJson;
import dev.llamastream.server.internal.json.SamplerFields;
import dev.llamastream.server.internal.json.SchemaFields;
import dev.llamastream.server.internal.json.Seeds;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What {@code /completion} and {@code /infill} were asked for.
 *
 * @param completions one request for each; the completions of a prompt are adjacent
 * @param samplers the samplers that are on
 * @param limitMillis after how long a line feed ends a completion; 0 for never
 */
record CompletionRequest(
    List<GenerationRequest> completions,
    List<String> samplers,
    boolean stream,
    boolean returnTokens,
    boolean timingsPerToken,
    int probabilities,
    long limitMillis,
    List<String> responseFields) {

  private static final int MAX_COMPLETIONS = 128;
  private static final int MAX_PROBABILITIES = 1000;

  /**
   * Reads all fields but the prompts.
   *
   * @throws dev.llamastream.server.internal.json.ApiError 400 for a value of a wrong type or out of
   *     its range, and for a field that asks for an unsupported feature
   */
  static CompletionRequest read(Request request, List<Prompt> prompts) {
    RequestJson json = request.json();
    Defaults defaults = request.defaults();
    SamplerParams.Builder sampler =
        SamplerFields.read(json, defaults.sampler(), request.model().tokenizer());
    SchemaFields.apply(json, sampler);
    List<String> samplers = SamplerOrder.apply(json, sampler);
    String probabilities = json.either("n_probs", "logprobs");
    int top = json.integer(probabilities, 0, 0, MAX_PROBABILITIES);
    int maxTokens = maxTokens(request);
    List<String> stops = GenerationFields.stops(json, defaults);
    boolean reuse = json.bool("cache_prompt", true);
    long seed = json.integer("seed", defaults.sampler().seed());
    int n = choices(json, prompts.size());
    List<GenerationRequest> completions = new ArrayList<>();
    for (Prompt prompt : prompts) {
      for (int choice = 0; choice < n; choice++) {
        completions.add(
            Prompts.request(prompt)
                .maxTokens(maxTokens)
                .sampler(sampler.seed(Seeds.of(seed, choice)).build())
                .stopSequences(stops)
                .reusePrefix(reuse)
                .logprobs(top > 0)
                .topLogprobs(top)
                .build());
      }
    }
    CompletionRequest asked =
        new CompletionRequest(
            completions,
            samplers,
            json.bool("stream", false),
            json.bool("return_tokens", false),
            json.bool("timings_per_token", false),
            top,
            Math.max(0, json.integer("t_max_predict_ms", 0L)),
            json.texts("response_fields"));
    OtherFields.check(json);
    return asked;
  }

  /** The token limit; without any, as many tokens as fit. */
  static int maxTokens(Request request) {
    RequestJson json = request.json();
    int max = Integer.MAX_VALUE;
    String openAi = json.either("max_completion_tokens", "max_tokens");
    String name = json.called("maxTokens", json.has("n_predict") ? "n_predict" : openAi);
    return json.count(name, request.defaults().maxTokensOr(max), max);
  }

  private static int choices(RequestJson json, int prompts) {
    String name = json.either("n_cmpl", "n");
    int n = json.integer(name, 1, 1, MAX_COMPLETIONS);
    if ((long) n * prompts > MAX_COMPLETIONS) {
      throw json.error(
          json.has(name) ? name : "prompt",
          String.format(
              Locale.ROOT,
              "%d completions for each of %d prompts, must be at most %d in all",
              n,
              prompts,
              MAX_COMPLETIONS));
    }
    return n;
  }
}
