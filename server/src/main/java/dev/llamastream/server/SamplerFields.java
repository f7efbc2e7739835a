package dev.llamastream.server;

import com.fasterxml.jackson.databind.JsonNode;
import dev.llamastream.SamplerParams;
import dev.llamastream.SamplerParams.Dry;
import dev.llamastream.SamplerParams.Mirostat;
import dev.llamastream.SamplerParams.Xtc;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * The members of {@link SamplerParams} as JSON fields, in snake case, those of its inner records as
 * objects. Ranges are those of the library, which names them.
 */
public final class SamplerFields {

  private static final int MAX = Integer.MAX_VALUE;
  private static final Pattern TOKEN_ID = Pattern.compile("[0-9]{1,9}");

  private SamplerFields() {}

  /**
   * Reads all but the seed, whose range depends on who asks; one that is absent has the library's
   * default.
   *
   * @throws ApiError 400 for a value of a wrong type or out of its range
   */
  public static SamplerParams read(RequestJson json, long seed) {
    SamplerParams defaults = SamplerParams.defaults();
    try {
      return SamplerParams.builder()
          .temperature(real(json, "temperature", defaults.temperature(), 0, 100))
          .topK(json.integer("top_k", defaults.topK(), 0, MAX))
          .topP(real(json, "top_p", defaults.topP(), 0, 1))
          .minP(real(json, "min_p", defaults.minP(), 0, 1))
          .typicalP(real(json, "typical_p", defaults.typicalP(), 0, 1))
          .repeatPenalty(real(json, "repeat_penalty", defaults.repeatPenalty(), 0.01, 100))
          .frequencyPenalty(real(json, "frequency_penalty", defaults.frequencyPenalty(), -100, 100))
          .presencePenalty(real(json, "presence_penalty", defaults.presencePenalty(), -100, 100))
          .penaltyLastN(json.integer("penalty_last_n", defaults.penaltyLastN(), 0, 1 << 20))
          .mirostat(mirostat(json, defaults.mirostat()))
          .dry(dry(json, defaults.dry()))
          .xtc(xtc(json, defaults.xtc()))
          .topNSigma(real(json, "top_n_sigma", defaults.topNSigma(), 0, 100))
          .logitBias(logitBias(json))
          .grammar(json.text("grammar", defaults.grammar()))
          .seed(seed)
          .build();
    } catch (IllegalArgumentException e) {
      throw ApiError.of(e);
    }
  }

  private static Mirostat mirostat(RequestJson json, Mirostat defaults) {
    RequestJson inner = json.object("mirostat");
    return new Mirostat(
        inner.integer("version", defaults.version(), 0, 2),
        real(inner, "tau", defaults.tau(), 0, 100),
        real(inner, "eta", defaults.eta(), 0, 1));
  }

  private static Dry dry(RequestJson json, Dry defaults) {
    RequestJson inner = json.object("dry");
    List<String> breakers = inner.texts("breakers");
    return new Dry(
        real(inner, "multiplier", defaults.multiplier(), 0, 100),
        real(inner, "base", defaults.base(), 1, 100),
        inner.integer("allowed_length", defaults.allowedLength(), 0, 1 << 20),
        inner.integer("last_n", defaults.lastN(), 0, 1 << 20),
        inner.has("breakers") ? breakers : defaults.breakers());
  }

  private static Xtc xtc(RequestJson json, Xtc defaults) {
    RequestJson inner = json.object("xtc");
    return new Xtc(
        real(inner, "probability", defaults.probability(), 0, 1),
        real(inner, "threshold", defaults.threshold(), 0, 1));
  }

  /** {@code {"123": -5, "7": false}}; false bans the token. */
  private static Map<Integer, Float> logitBias(RequestJson json) {
    RequestJson inner = json.object("logit_bias");
    Map<Integer, Float> biases = new HashMap<>();
    for (String name : inner.names()) {
      if (!TOKEN_ID.matcher(name).matches()) {
        throw inner.error(name, "not a token id");
      }
      JsonNode bias = inner.node(name);
      boolean banned = bias != null && bias.isBoolean() && !bias.booleanValue();
      biases.put(
          Integer.parseInt(name),
          banned ? Float.NEGATIVE_INFINITY : real(inner, name, 0, -10_000, 10_000));
    }
    return biases;
  }

  private static float real(
      RequestJson json, String name, float defaultValue, double min, double max) {
    return (float) json.number(name, defaultValue, min, max);
  }
}
