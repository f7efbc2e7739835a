package dev.llamastream;

import static java.util.Objects.requireNonNull;

import dev.llamastream.internal.Check;
import dev.llamastream.internal.grammar.GrammarCheck;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/**
 * How the next token is chosen. Immutable; the defaults are llama.cpp's own ({@code
 * common/common.h}).
 *
 * <p>The samplers work in this order: logit bias, penalties, DRY, top-n-sigma, top-k, typical,
 * top-p, min-p, XTC, temperature, then one token is drawn. Mirostat replaces those from top-n-sigma
 * to XTC. With temperature 0 the most probable token is taken after bias, penalties and DRY. A
 * grammar applies to all.
 *
 * @param temperature divides the logits; 0, and all below 0.0001, takes the most probable token
 *     (greedy). Range [0, 100], default 0.8
 * @param topK keep the k most probable tokens; 0 for all. Range [0, 2^31 - 1], default 40
 * @param topP keep the most probable tokens that together reach this probability; 1 for all. Range
 *     [0, 1], default 0.95 (<a href="https://arxiv.org/abs/1904.09751">nucleus sampling</a>)
 * @param minP keep tokens at least this probable relative to the most probable one; 0 for all.
 *     Range [0, 1], default 0.05 (<a
 *     href="https://github.com/ggml-org/llama.cpp/pull/3841">min-p</a>)
 * @param typicalP keep the most typical tokens up to this probability; 1 for all. Range [0, 1],
 *     default 1 (<a href="https://arxiv.org/abs/2202.00666">locally typical sampling</a>)
 * @param repeatPenalty divides positive logits of recent tokens, multiplies negative ones; 1 for
 *     none. Range [0.01, 100], default 1
 * @param frequencyPenalty subtracted from a recent token's logit once for each time it occurred; 0
 *     for none. Range [-100, 100], default 0
 * @param presencePenalty subtracted from a recent token's logit once; 0 for none. Range [-100,
 *     100], default 0
 * @param penaltyLastN how many of the last tokens, prompt included, count as recent; 0 for none.
 *     Range [0, 2^20], default 64
 * @param seed of the random numbers; {@link #RANDOM_SEED} for a new one each time. Range [0, 2^32 -
 *     2]
 * @param mirostat default {@link Mirostat#OFF}
 * @param dry default {@link Dry#OFF}
 * @param xtc default {@link Xtc#OFF}
 * @param topNSigma keep tokens whose logit is within so many standard deviations of the best; 0 for
 *     all. Range [0, 100], default 0 (<a href="https://arxiv.org/abs/2411.07641">top-n-sigma</a>)
 * @param logitBias added to the logits of these token ids. Range [-10000, 10000], or negative
 *     infinity to ban a token. Default none
 * @param grammar a GBNF grammar with the start symbol {@code root} that the text must follow (see
 *     llama.cpp's {@code grammars/README.md}); empty for none. At most 2^20 characters, 200,000
 *     elements with repetitions written out, 100 nested groups, 2,000 copies by repetition, 500
 *     rules that begin with one another, and 4,096 ways to go on at any time; no left recursion. A
 *     very ambiguous grammar is slow
 * @param ignoreEndOfText whether the tokens that end a text are banned, so that it goes on. Default
 *     false
 */
public record SamplerParams(
    float temperature,
    int topK,
    float topP,
    float minP,
    float typicalP,
    float repeatPenalty,
    float frequencyPenalty,
    float presencePenalty,
    int penaltyLastN,
    long seed,
    Mirostat mirostat,
    Dry dry,
    Xtc xtc,
    float topNSigma,
    Map<Integer, Float> logitBias,
    String grammar,
    boolean ignoreEndOfText) {

  /** The seed that stands for a new random one each time. */
  public static final long RANDOM_SEED = -1;

  private static final int MAX_LAST_N = 1 << 20;
  private static final SamplerParams DEFAULTS = builder().build();

  /** Checks the ranges and copies the map. */
  public SamplerParams {
    Check.range("temperature", temperature, 0, 100);
    Check.range("topK", topK, 0, Integer.MAX_VALUE);
    Check.range("topP", topP, 0, 1);
    Check.range("minP", minP, 0, 1);
    Check.range("typicalP", typicalP, 0, 1);
    Check.range("repeatPenalty", repeatPenalty, 0.01f, 100);
    Check.range("frequencyPenalty", frequencyPenalty, -100, 100);
    Check.range("presencePenalty", presencePenalty, -100, 100);
    Check.range("penaltyLastN", penaltyLastN, 0, MAX_LAST_N);
    // 2^32 - 1 is llama.cpp's own mark for a random seed
    Check.range("seed", seed, RANDOM_SEED, 0xFFFF_FFFEL);
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
          if (bias != Float.NEGATIVE_INFINITY) {
            Check.range("logitBias", bias, -10_000, 10_000);
          }
        });
    GrammarCheck.check(requireNonNull(grammar, "grammar"));
  }

  /** All defaults. */
  public static SamplerParams defaults() {
    return DEFAULTS;
  }

  /** Always the most probable token. */
  public static SamplerParams greedy() {
    return builder().temperature(0).build();
  }

  /** More varied text: temperature 1.1, top-p 0.98, min-p 0.02. */
  public static SamplerParams creative() {
    return builder().temperature(1.1f).topK(0).topP(0.98f).minP(0.02f).build();
  }

  /** More predictable text: temperature 0.2, top-k 20, top-p 0.9. */
  public static SamplerParams precise() {
    return builder().temperature(0.2f).topK(20).topP(0.9f).build();
  }

  /** A builder that starts from the defaults. */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Keeps the surprise of the text constant (<a
   * href="https://arxiv.org/abs/2007.14966">Mirostat</a>).
   *
   * @param version 1 or 2; 0 for off
   * @param tau target surprise. Range [0, 100], default 5
   * @param eta learning rate. Range [0, 1], default 0.1
   */
  public record Mirostat(int version, float tau, float eta) {
    /** Not used. */
    public static final Mirostat OFF = new Mirostat(0, 5, 0.1f);

    /** Checks the ranges. */
    public Mirostat {
      Check.range("mirostat.version", version, 0, 2);
      Check.range("mirostat.tau", tau, 0, 100);
      Check.range("mirostat.eta", eta, 0, 1);
    }
  }

  /**
   * Penalizes tokens that would continue a repetition (<a
   * href="https://github.com/oobabooga/text-generation-webui/pull/5677">DRY</a>).
   *
   * @param multiplier strength; 0 for off. Range [0, 100]
   * @param base grows with the repetition's length. Range [1, 100], default 1.75
   * @param allowedLength repetitions up to this length go unpunished. Range [0, 2^20], default 2
   * @param lastN how many of the last tokens are searched. Range [0, 2^20], default 1024
   * @param breakers texts that a repetition does not reach across, each of 1 to 40 bytes in UTF-8;
   *     at most 32, and in at most 65,536 tokens of the vocabulary. A model keeps the last eight
   *     {@code Dry} that it was given: another takes milliseconds to look through the vocabulary
   */
  public record Dry(
      float multiplier, float base, int allowedLength, int lastN, List<String> breakers) {
    private static final int MAX_BREAKERS = 32;
    private static final int MAX_BREAKER = 40;

    /** Not used. */
    public static final Dry OFF = of(0);

    /** Checks the ranges and copies the list. */
    public Dry {
      Check.range("dry.multiplier", multiplier, 0, 100);
      Check.range("dry.base", base, 1, 100);
      Check.range("dry.allowedLength", allowedLength, 0, MAX_LAST_N);
      Check.range("dry.lastN", lastN, 0, MAX_LAST_N);
      breakers = Check.listOf("dry.breakers", breakers);
      Check.range("dry.breakers", breakers.size(), 0, MAX_BREAKERS);
      for (String breaker : breakers) {
        if (breaker.isEmpty() || breaker.indexOf('\0') >= 0) {
          throw new InvalidValueException(
              "dry.breakers", "each must be a text of 1 or more characters without NUL");
        }
        // llama.cpp would cut off the rest
        Check.range(
            "dry.breakers",
            "bytes",
            breaker.getBytes(StandardCharsets.UTF_8).length,
            1,
            MAX_BREAKER);
      }
    }

    /** With this strength and llama.cpp's defaults for the rest. */
    public static Dry of(float multiplier) {
      return new Dry(multiplier, 1.75f, 2, 1024, List.of("\n", ":", "\"", "*"));
    }
  }

  /**
   * Sometimes removes the most probable tokens (<a
   * href="https://github.com/oobabooga/text-generation-webui/pull/6335">XTC</a>).
   *
   * @param probability how often; 0 for never. Range [0, 1]
   * @param threshold all but the last of the tokens above this probability go. Range [0, 1],
   *     llama.cpp's default is 0.1
   */
  public record Xtc(float probability, float threshold) {
    /** Not used. */
    public static final Xtc OFF = new Xtc(0, 0.1f);

    /** Checks the ranges. */
    public Xtc {
      Check.range("xtc.probability", probability, 0, 1);
      Check.range("xtc.threshold", threshold, 0, 1);
    }
  }

  /** Builds {@link SamplerParams}. Not thread-safe. */
  public static final class Builder {
    private float temperature = 0.8f;
    private int topK = 40;
    private float topP = 0.95f;
    private float minP = 0.05f;
    private float typicalP = 1;
    private float repeatPenalty = 1;
    private float frequencyPenalty;
    private float presencePenalty;
    private int penaltyLastN = 64;
    private long seed = RANDOM_SEED;
    private Mirostat mirostat = Mirostat.OFF;
    private Dry dry = Dry.OFF;
    private Xtc xtc = Xtc.OFF;
    private float topNSigma;
    private Map<Integer, Float> logitBias = Map.of();
    private String grammar = "";
    private boolean ignoreEndOfText;

    private Builder() {}

    /** See {@link SamplerParams#temperature()}. */
    public Builder temperature(float value) {
      temperature = value;
      return this;
    }

    /** See {@link SamplerParams#topK()}. */
    public Builder topK(int value) {
      topK = value;
      return this;
    }

    /** See {@link SamplerParams#topP()}. */
    public Builder topP(float value) {
      topP = value;
      return this;
    }

    /** See {@link SamplerParams#minP()}. */
    public Builder minP(float value) {
      minP = value;
      return this;
    }

    /** See {@link SamplerParams#typicalP()}. */
    public Builder typicalP(float value) {
      typicalP = value;
      return this;
    }

    /** See {@link SamplerParams#repeatPenalty()}. */
    public Builder repeatPenalty(float value) {
      repeatPenalty = value;
      return this;
    }

    /** See {@link SamplerParams#frequencyPenalty()}. */
    public Builder frequencyPenalty(float value) {
      frequencyPenalty = value;
      return this;
    }

    /** See {@link SamplerParams#presencePenalty()}. */
    public Builder presencePenalty(float value) {
      presencePenalty = value;
      return this;
    }

    /** See {@link SamplerParams#penaltyLastN()}. */
    public Builder penaltyLastN(int value) {
      penaltyLastN = value;
      return this;
    }

    /** See {@link SamplerParams#seed()}. */
    public Builder seed(long value) {
      seed = value;
      return this;
    }

    /** See {@link SamplerParams#mirostat()}. */
    public Builder mirostat(Mirostat value) {
      mirostat = value;
      return this;
    }

    /** See {@link SamplerParams#dry()}. */
    public Builder dry(Dry value) {
      dry = value;
      return this;
    }

    /** See {@link SamplerParams#xtc()}. */
    public Builder xtc(Xtc value) {
      xtc = value;
      return this;
    }

    /** See {@link SamplerParams#topNSigma()}. */
    public Builder topNSigma(float value) {
      topNSigma = value;
      return this;
    }

    /** See {@link SamplerParams#logitBias()}. */
    public Builder logitBias(Map<Integer, Float> value) {
      logitBias = value;
      return this;
    }

    /** See {@link SamplerParams#grammar()}. */
    public Builder grammar(String value) {
      grammar = value;
      return this;
    }

    /** See {@link SamplerParams#ignoreEndOfText()}. */
    public Builder ignoreEndOfText(boolean value) {
      ignoreEndOfText = value;
      return this;
    }

    /** Checks everything and builds. */
    public SamplerParams build() {
      return new SamplerParams(
          temperature,
          topK,
          topP,
          minP,
          typicalP,
          repeatPenalty,
          frequencyPenalty,
          presencePenalty,
          penaltyLastN,
          seed,
          mirostat,
          dry,
          xtc,
          topNSigma,
          logitBias,
          grammar,
          ignoreEndOfText);
    }
  }
}
