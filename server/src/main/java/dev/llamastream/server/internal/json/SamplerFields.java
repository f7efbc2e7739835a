package dev.llamastream.server.internal.json;

import com.fasterxml.jackson.databind.JsonNode;
import dev.llamastream.SamplerParams;
import dev.llamastream.SamplerParams.Dry;
import dev.llamastream.SamplerParams.Mirostat;
import dev.llamastream.SamplerParams.Xtc;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * The members of {@link SamplerParams} as JSON fields, in snake case, those of its inner records as
 * objects. Ranges are those of the library, which names them.
 */
public final class SamplerFields {

  private static final int MAX = Integer.MAX_VALUE;
  private static final int MAX_LAST_N = 1 << 20;
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
          // 0 stands for all there, too
          .topK(Math.max(0, json.integer("top_k", defaults.topK(), -1, MAX)))
          .topP(real(json, "top_p", defaults.topP(), 0, 1))
          .minP(real(json, "min_p", defaults.minP(), 0, 1))
          .typicalP(real(json, "typical_p", defaults.typicalP(), 0, 1))
          .repeatPenalty(
              real(
                  json,
                  json.either("repeat_penalty", "repetition_penalty"),
                  defaults.repeatPenalty(),
                  0.01,
                  100))
          .frequencyPenalty(real(json, "frequency_penalty", defaults.frequencyPenalty(), -100, 100))
          .presencePenalty(real(json, "presence_penalty", defaults.presencePenalty(), -100, 100))
          .penaltyLastN(
              json.count(
                  json.either("penalty_last_n", "repeat_last_n"),
                  defaults.penaltyLastN(),
                  MAX_LAST_N))
          .mirostat(mirostat(json, defaults.mirostat()))
          .dry(dry(json, defaults.dry()))
          .xtc(xtc(json, defaults.xtc()))
          .topNSigma(real(json, "top_n_sigma", defaults.topNSigma(), 0, 100))
          .logitBias(logitBias(json))
          .ignoreEndOfText(json.bool("ignore_eos", false))
          .grammar(json.text("grammar", defaults.grammar()))
          .seed(seed)
          .build();
    } catch (IllegalArgumentException e) {
      throw ApiError.of(e);
    }
  }

  private static Mirostat mirostat(RequestJson json, Mirostat defaults) {
    Inner inner = Inner.of(json, "mirostat", true);
    String version = inner.flat() ? "mirostat" : "version";
    return new Mirostat(
        inner.json.integer(version, defaults.version(), 0, 2),
        real(inner.json, inner.name("tau"), defaults.tau(), 0, 100),
        real(inner.json, inner.name("eta"), defaults.eta(), 0, 1));
  }

  private static Dry dry(RequestJson json, Dry defaults) {
    Inner inner = Inner.of(json, "dry", false);
    String breakers = inner.flat() ? "dry_sequence_breakers" : "breakers";
    String lastN = inner.flat() ? "dry_penalty_last_n" : "last_n";
    RequestJson fields = inner.json;
    return new Dry(
        real(fields, inner.name("multiplier"), defaults.multiplier(), 0, 100),
        real(fields, inner.name("base"), defaults.base(), 1, 100),
        fields.integer(inner.name("allowed_length"), defaults.allowedLength(), 0, MAX_LAST_N),
        fields.count(lastN, defaults.lastN(), MAX_LAST_N),
        fields.has(breakers) ? fields.texts(breakers) : defaults.breakers());
  }

  private static Xtc xtc(RequestJson json, Xtc defaults) {
    Inner inner = Inner.of(json, "xtc", false);
    return new Xtc(
        real(inner.json, inner.name("probability"), defaults.probability(), 0, 1),
        real(inner.json, inner.name("threshold"), defaults.threshold(), 0, 1));
  }

  /**
   * The fields of one sampler: of an object of its own, or among the others with its name before
   * theirs, as llama.cpp has them.
   */
  private record Inner(RequestJson json, String prefix) {

    /** With what may be a plain value of this name, too. */
    static Inner of(RequestJson json, String sampler, boolean orValue) {
      JsonNode node = json.node(sampler);
      boolean flat = node == null || (orValue && node.isValueNode());
      return flat ? new Inner(json, sampler + "_") : new Inner(json.object(sampler), "");
    }

    boolean flat() {
      return !prefix.isEmpty();
    }

    String name(String field) {
      return prefix + field;
    }
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
