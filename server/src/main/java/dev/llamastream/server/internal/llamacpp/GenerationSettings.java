package dev.llamastream.server.internal.llamacpp;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.llamastream.GenerationRequest;
import dev.llamastream.SamplerParams;
import dev.llamastream.server.internal.json.Json;
import java.util.List;
import java.util.Map;

/** The JSON of {@code generation_settings}: what a request got, its defaults included. */
final class GenerationSettings {

  /** llama.cpp's value for a random seed. */
  private static final long RANDOM = 0xFFFF_FFFFL;

  private GenerationSettings() {}

  /** The settings of one completion. */
  static ObjectNode of(CompletionRequest asked, GenerationRequest request) {
    ObjectNode settings = of(request.sampler(), asked.samplers(), request.maxTokens());
    ArrayNode stops = settings.putArray("stop");
    request.stopSequences().forEach(stops::add);
    ArrayNode breakers = settings.putArray("dry_sequence_breakers");
    request.sampler().dry().breakers().forEach(breakers::add);
    ArrayNode biases = settings.putArray("logit_bias");
    for (Map.Entry<Integer, Double> bias : request.sampler().logitBias().entrySet()) {
      // JSON has no infinity
      Double value = Double.isInfinite(bias.getValue()) ? null : bias.getValue();
      biases.addObject().put("bias", value).put("token", bias.getKey());
    }
    return settings
        .put("grammar", request.sampler().grammar())
        .put("stream", asked.stream())
        .put("n_probs", asked.probabilities())
        .put("timings_per_token", asked.timingsPerToken());
  }

  /** The settings of a request that says nothing. */
  static ObjectNode of(SamplerParams sampler, List<String> samplers, int maxTokens) {
    int limit = maxTokens == Integer.MAX_VALUE ? -1 : maxTokens;
    ObjectNode settings =
        Json.object()
            .put("seed", sampler.seed() == SamplerParams.RANDOM_SEED ? RANDOM : sampler.seed())
            .put("temperature", sampler.temperature())
            .put("dynatemp_range", 0.0)
            .put("dynatemp_exponent", 1.0)
            .put("top_k", sampler.topK())
            .put("top_p", sampler.topP())
            .put("min_p", sampler.minP())
            .put("top_n_sigma", sampler.topNSigma() == 0 ? -1 : sampler.topNSigma())
            .put("xtc_probability", sampler.xtc().probability())
            .put("xtc_threshold", sampler.xtc().threshold())
            .put("typical_p", sampler.typicalP())
            .put("repeat_last_n", sampler.penaltyLastN())
            .put("repeat_penalty", sampler.repeatPenalty())
            .put("presence_penalty", sampler.presencePenalty())
            .put("frequency_penalty", sampler.frequencyPenalty())
            .put("dry_multiplier", sampler.dry().multiplier())
            .put("dry_base", sampler.dry().base())
            .put("dry_allowed_length", sampler.dry().allowedLength())
            .put("dry_penalty_last_n", sampler.dry().lastN())
            .put("mirostat", sampler.mirostat().version())
            .put("mirostat_tau", sampler.mirostat().tau())
            .put("mirostat_eta", sampler.mirostat().eta())
            .put("adaptive_target", -1.0)
            .put("adaptive_decay", 0.9)
            .put("max_tokens", limit)
            .put("n_predict", limit)
            .put("n_keep", 0)
            .put("n_discard", 0)
            .put("ignore_eos", sampler.ignoreEndOfText())
            .put("stream", false)
            .put("n_probs", 0)
            .put("min_keep", 0)
            .put("timings_per_token", false)
            .put("post_sampling_probs", false)
            .put("backend_sampling", false);
    ArrayNode order = settings.putArray("samplers");
    samplers.forEach(order::add);
    settings.putArray("lora");
    return settings;
  }
}
