package dev.llamastream.server.internal.openai;

import dev.llamastream.GenerationRequest;
import dev.llamastream.Prompt;
import dev.llamastream.SamplerParams;
import dev.llamastream.server.internal.json.GenerationFields;
import dev.llamastream.server.internal.json.RequestJson;
import dev.llamastream.server.internal.json.SamplerFields;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The fields that the completion endpoints have in common.
 *
 * @param generations one request per choice; the choices of a prompt are adjacent
 * @param n the number of choices per prompt
 * @param stream whether to respond with events
 * @param includeUsage whether a final event reports the token counts
 */
record CompletionParams(
    List<GenerationRequest> generations, int n, boolean stream, boolean includeUsage) {

  private static final int MAX_CHOICES = 128;

  /** Clients' seeds have 64 bits. The library's have 32 bits, and one value means random. */
  private static final long SEEDS = 0xFFFF_FFFFL;

  /**
   * The fields that each endpoint reads itself.
   *
   * @param maxTokens the token limit of each generation
   * @param topLogprobs how many likely alternatives to report per token; negative for no
   *     probabilities
   * @param scorePrompt whether to report the probabilities of the prompt's tokens
   */
  record Own(List<Prompt> prompts, int maxTokens, int topLogprobs, boolean scorePrompt) {}

  /** Whether the response contains token probabilities. */
  boolean logprobs() {
    return generations.getFirst().logprobs();
  }

  /**
   * Reads the common fields. The caller must have read all others.
   *
   * @throws dev.llamastream.server.internal.json.ApiError 400 for a value of a wrong type or out of
   *     its range, and for a field that asks for an unsupported feature
   */
  static CompletionParams read(RequestJson json, Own own) {
    json.text("model", "");
    int n = json.integer(json.either("n", "n_cmpl"), 1, 1, MAX_CHOICES);
    long choices = (long) n * own.prompts.size();
    if (choices > MAX_CHOICES) {
      throw json.error(
          own.prompts.size() > MAX_CHOICES ? "prompt" : "n",
          String.format(
              Locale.ROOT,
              "%d choices for each of %d prompts, must be at most %d in all",
              n,
              own.prompts.size(),
              MAX_CHOICES));
    }
    boolean stream = json.bool("stream", false);
    if (json.has("stream_options") && !stream) {
      throw json.error("stream_options", "only where stream is true");
    }
    boolean includeUsage = json.object("stream_options").bool("include_usage", false);
    List<String> stops = GenerationFields.stops(json);
    boolean reusePrefix = json.bool("cache_prompt", true);
    long seed = json.integer("seed", SamplerParams.RANDOM_SEED);
    SamplerParams.Builder sampler = SamplerFields.read(json);
    List<SamplerParams> samplers = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      samplers.add(sampler.seed(seedOf(i, seed)).build());
    }
    OtherFields.check(json);
    List<GenerationRequest> generations = new ArrayList<>();
    for (Prompt prompt : own.prompts) {
      for (SamplerParams one : samplers) {
        generations.add(
            builder(prompt)
                .maxTokens(own.maxTokens)
                .sampler(one)
                .stopSequences(stops)
                .reusePrefix(reusePrefix)
                .logprobs(own.topLogprobs >= 0)
                .topLogprobs(Math.max(0, own.topLogprobs))
                .scorePrompt(own.scorePrompt)
                .build());
      }
    }
    return new CompletionParams(generations, n, stream, includeUsage);
  }

  private static GenerationRequest.Builder builder(Prompt prompt) {
    return switch (prompt) {
      case Prompt.Text(String text) -> GenerationRequest.builder(text);
      case Prompt.Tokens(List<Integer> ids) ->
          GenerationRequest.builder(ids.stream().mapToInt(Integer::intValue).toArray());
    };
  }

  /** The seed of one of a prompt's choices. With equal seeds, all choices would be the same. */
  private static long seedOf(int choice, long seed) {
    // llama.cpp's value for a random seed, read as unsigned
    boolean random = seed == SamplerParams.RANDOM_SEED || seed == SEEDS;
    return random ? SamplerParams.RANDOM_SEED : Math.floorMod(seed + choice, SEEDS);
  }
}
