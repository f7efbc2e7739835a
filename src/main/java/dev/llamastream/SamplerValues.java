package dev.llamastream;

import static java.util.Objects.requireNonNull;

import dev.llamastream.internal.Check;
import dev.llamastream.internal.grammar.GrammarCheck;
import java.util.Map;

/** The values of {@link SamplerParams} and their checks. */
record SamplerValues(
    double temperature,
    int topK,
    double topP,
    double minP,
    double typicalP,
    double repeatPenalty,
    double frequencyPenalty,
    double presencePenalty,
    int penaltyLastN,
    long seed,
    Mirostat mirostat,
    Dry dry,
    Xtc xtc,
    double topNSigma,
    Map<Integer, Double> logitBias,
    String grammar,
    boolean ignoreEndOfText) {

  SamplerValues {
    Check.range("temperature", temperature, 0, 100);
    Check.range("topK", topK, 0, Integer.MAX_VALUE);
    Check.range("topP", topP, 0, 1);
    Check.range("minP", minP, 0, 1);
    Check.range("typicalP", typicalP, 0, 1);
    Check.range("repeatPenalty", repeatPenalty, 0.01, 100);
    Check.range("frequencyPenalty", frequencyPenalty, -100, 100);
    Check.range("presencePenalty", presencePenalty, -100, 100);
    Check.range("penaltyLastN", penaltyLastN, 0, SamplerParams.MAX_LAST_N);
    // llama.cpp uses 2^32 - 1 to mean a random seed
    Check.range("seed", seed, SamplerParams.RANDOM_SEED, 0xFFFF_FFFEL);
    requireNonNull(mirostat, "mirostat");
    requireNonNull(dry, "dry");
    requireNonNull(xtc, "xtc");
    Check.range("topNSigma", topNSigma, 0, 100);
    requireNonNull(logitBias, "logitBias")
        .forEach(
            (id, bias) -> {
              requireNonNull(id, "logitBias token");
              requireNonNull(bias, "logitBias");
            });
    logitBias = Map.copyOf(logitBias);
    logitBias.forEach(
        (id, bias) -> {
          Check.range("logitBias", "token", id, 0, Integer.MAX_VALUE);
          if (bias != Double.NEGATIVE_INFINITY) {
            Check.range("logitBias", bias, -10_000, 10_000);
          }
        });
    GrammarCheck.check(requireNonNull(grammar, "grammar"));
  }
}
