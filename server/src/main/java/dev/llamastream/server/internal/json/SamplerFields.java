package dev.llamastream.server.internal.json;

import com.fasterxml.jackson.databind.JsonNode;
import dev.llamastream.Dry;
import dev.llamastream.Mirostat;
import dev.llamastream.SamplerParams;
import dev.llamastream.Tokenizer;
import dev.llamastream.Xtc;
import org.jspecify.annotations.Nullable;

/**
 * Reads {@link SamplerParams} from JSON. Fields are in snake case, and inner records are objects.
 * This class checks types; the library checks ranges.
 */
public final class SamplerFields {

  private SamplerFields() {}

  /**
   * Reads all fields except the seed, whose meaning depends on the client. A grammar of the
   * defaults is not used for a request that says what the text must be.
   *
   * @param defaults for absent fields
   * @throws ApiError 400 for a value of a wrong type
   * @throws dev.llamastream.InvalidValueException for a value out of its range that an inner record
   *     checks; the builder checks the others when it builds
   */
  public static SamplerParams.Builder read(RequestJson json, SamplerParams defaults) {
    return read(json, defaults, null);
  }

  /**
   * The same, and {@code logit_bias} may name tokens by their texts.
   *
   * @param tokenizer makes tokens of the texts; null if there must be none
   */
  public static SamplerParams.Builder read(
      RequestJson json, SamplerParams defaults, @Nullable Tokenizer tokenizer) {
    String repeat = json.either("repeat_penalty", "repetition_penalty");
    String lastN = json.either("penalty_last_n", "repeat_last_n");
    String grammar =
        json.mentions("json_schema", "response_format", "output_config", "tools")
            ? ""
            : defaults.grammar();
    return defaults.toBuilder()
        .temperature(real(json, "temperature", "temperature", defaults.temperature()))
        .topK(json.count(json.called("topK", "top_k"), defaults.topK(), 0))
        .topP(real(json, "topP", "top_p", defaults.topP()))
        .minP(real(json, "minP", "min_p", defaults.minP()))
        .typicalP(real(json, "typicalP", "typical_p", defaults.typicalP()))
        .repeatPenalty(real(json, "repeatPenalty", repeat, defaults.repeatPenalty()))
        .frequencyPenalty(
            real(json, "frequencyPenalty", "frequency_penalty", defaults.frequencyPenalty()))
        .presencePenalty(
            real(json, "presencePenalty", "presence_penalty", defaults.presencePenalty()))
        .penaltyLastN(
            json.count(
                json.called("penaltyLastN", lastN),
                defaults.penaltyLastN(),
                SamplerParams.MAX_LAST_N))
        .mirostat(mirostat(json, defaults.mirostat()))
        .dry(dry(json, defaults.dry()))
        .xtc(xtc(json, defaults.xtc()))
        .topNSigma(topNSigma(json, defaults))
        .logitBias(LogitBias.read(json, defaults.logitBias(), tokenizer))
        .ignoreEndOfText(json.bool("ignore_eos", defaults.ignoreEndOfText()))
        .grammar(json.text(json.called("grammar", "grammar"), grammar));
  }

  /** llama.cpp's value for none is -1. */
  private static double topNSigma(RequestJson json, SamplerParams defaults) {
    double value = real(json, "topNSigma", "top_n_sigma", defaults.topNSigma());
    return value == -1 ? 0 : value;
  }

  private static Mirostat mirostat(RequestJson json, Mirostat defaults) {
    Inner inner = Inner.of(json, "mirostat", true);
    String version = inner.flat() ? "mirostat" : "version";
    return new Mirostat(
        inner.json.integer(inner.json.called("mirostat.version", version), defaults.version()),
        inner.real("tau", defaults.tau()),
        inner.real("eta", defaults.eta()));
  }

  private static Dry dry(RequestJson json, Dry defaults) {
    Inner inner = Inner.of(json, "dry", false);
    RequestJson fields = inner.json;
    String length = fields.called("dry.allowedLength", inner.name("allowed_length"));
    String lastN = fields.called("dry.lastN", inner.flat() ? "dry_penalty_last_n" : "last_n");
    String breakers =
        fields.called("dry.breakers", inner.flat() ? "dry_sequence_breakers" : "breakers");
    return new Dry(
        inner.real("multiplier", defaults.multiplier()),
        inner.real("base", defaults.base()),
        fields.integer(length, defaults.allowedLength()),
        fields.count(lastN, defaults.lastN(), SamplerParams.MAX_LAST_N),
        fields.has(breakers) ? fields.texts(breakers) : defaults.breakers());
  }

  private static Xtc xtc(RequestJson json, Xtc defaults) {
    Inner inner = Inner.of(json, "xtc", false);
    return new Xtc(
        inner.real("probability", defaults.probability()),
        inner.real("threshold", defaults.threshold()));
  }

  /**
   * The fields of one sampler. They are members of its own object, or top-level fields with the
   * sampler's name as a prefix, as in llama.cpp.
   */
  private record Inner(RequestJson json, String sampler, boolean flat) {

    /** Also accepts a plain value under this name if {@code orValue} is set. */
    static Inner of(RequestJson json, String sampler, boolean orValue) {
      JsonNode node = json.node(sampler);
      boolean flat = node == null || (orValue && node.isValueNode());
      return new Inner(flat ? json : json.object(sampler), sampler, flat);
    }

    String name(String field) {
      return flat ? sampler + "_" + field : field;
    }

    /** Reads a number that the library calls by the same name. */
    double real(String field, double defaultValue) {
      return SamplerFields.real(json, sampler + "." + field, name(field), defaultValue);
    }
  }

  private static double real(RequestJson json, String field, String name, double defaultValue) {
    return json.number(json.called(field, name), defaultValue);
  }
}
