package dev.llamastream;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How the next token is chosen. Immutable; the defaults are llama.cpp's own ({@code
 * common/common.h}).
 *
 * <p>The samplers run in this order: logit bias, penalties, DRY, top-n-sigma, top-k, typical,
 * top-p, min-p, XTC, temperature. Then one token is drawn. Mirostat replaces the samplers from
 * top-n-sigma to XTC. Temperature 0 takes the most probable token after bias, penalties and DRY. A
 * grammar applies in all cases.
 *
 * @since 0.1.0
 */
public final class SamplerParams {

  /** The most tokens that {@link #penaltyLastN()} and {@link Dry#lastN()} may look back. */
  public static final int MAX_LAST_N = 1 << 20;

  /** The seed value that requests a new random seed each time. */
  public static final long RANDOM_SEED = -1;

  private static final SamplerParams DEFAULTS = builder().build();

  private final SamplerValues values;

  private SamplerParams(SamplerValues values) {
    this.values = values;
  }

  /** The parameters with all defaults. */
  public static SamplerParams defaults() {
    return DEFAULTS;
  }

  /** Always chooses the most probable token. */
  public static SamplerParams greedy() {
    return builder().temperature(0).build();
  }

  /** More varied text: temperature 1.1, top-p 0.98, min-p 0.02. */
  public static SamplerParams creative() {
    return builder().temperature(1.1).topK(0).topP(0.98).minP(0.02).build();
  }

  /** More predictable text: temperature 0.2, top-k 20, top-p 0.9. */
  public static SamplerParams precise() {
    return builder().temperature(0.2).topK(20).topP(0.9).build();
  }

  /** A builder that starts from the defaults. */
  public static Builder builder() {
    return new Builder();
  }

  /** A builder that starts from these values. */
  public Builder toBuilder() {
    return new Builder()
        .temperature(values.temperature())
        .topK(values.topK())
        .topP(values.topP())
        .minP(values.minP())
        .typicalP(values.typicalP())
        .repeatPenalty(values.repeatPenalty())
        .frequencyPenalty(values.frequencyPenalty())
        .presencePenalty(values.presencePenalty())
        .penaltyLastN(values.penaltyLastN())
        .seed(values.seed())
        .mirostat(values.mirostat())
        .dry(values.dry())
        .xtc(values.xtc())
        .topNSigma(values.topNSigma())
        .logitBias(values.logitBias())
        .grammar(values.grammar())
        .ignoreEndOfText(values.ignoreEndOfText());
  }

  /**
   * Divides the logits. Values below 0.0001, including 0, choose the most probable token (greedy).
   * Range [0, 100], default 0.8.
   */
  public double temperature() {
    return values.temperature();
  }

  /** Keeps the k most probable tokens; 0 for all. Range [0, 2^31 - 1], default 40. */
  public int topK() {
    return values.topK();
  }

  /**
   * Keeps the most probable tokens whose probabilities add up to this value; 1 for all. Range [0,
   * 1], default 0.95 (<a href="https://arxiv.org/abs/1904.09751">nucleus sampling</a>).
   */
  public double topP() {
    return values.topP();
  }

  /**
   * Keeps tokens whose probability is at least this fraction of the most probable token's; 0 for
   * all. Range [0, 1], default 0.05 (<a
   * href="https://github.com/ggml-org/llama.cpp/pull/3841">min-p</a>).
   */
  public double minP() {
    return values.minP();
  }

  /**
   * Keeps the most typical tokens up to this total probability; 1 for all. Range [0, 1], default 1
   * (<a href="https://arxiv.org/abs/2202.00666">locally typical sampling</a>).
   */
  public double typicalP() {
    return values.typicalP();
  }

  /**
   * Divides the positive logits of recent tokens and multiplies their negative ones; 1 for none.
   * Range [0.01, 100], default 1.
   */
  public double repeatPenalty() {
    return values.repeatPenalty();
  }

  /**
   * Subtracted from a recent token's logit for each of its occurrences; 0 for none. Range [-100,
   * 100], default 0.
   */
  public double frequencyPenalty() {
    return values.frequencyPenalty();
  }

  /** Subtracted once from a recent token's logit; 0 for none. Range [-100, 100], default 0. */
  public double presencePenalty() {
    return values.presencePenalty();
  }

  /**
   * How many of the last tokens, prompt included, count as recent; 0 for none. Range [0, 2^20],
   * default 64.
   */
  public int penaltyLastN() {
    return values.penaltyLastN();
  }

  /**
   * The seed of the random numbers. {@link #RANDOM_SEED}, the default, takes a new one each time.
   * Range [0, 2^32 - 2].
   */
  public long seed() {
    return values.seed();
  }

  /** Keeps the surprise of the text constant. Default {@link Mirostat#OFF}. */
  public Mirostat mirostat() {
    return values.mirostat();
  }

  /** Penalizes tokens that would continue a repetition. Default {@link Dry#OFF}. */
  public Dry dry() {
    return values.dry();
  }

  /** Sometimes removes the most probable tokens. Default {@link Xtc#OFF}. */
  public Xtc xtc() {
    return values.xtc();
  }

  /**
   * Keeps tokens whose logit is within this many standard deviations of the best; 0 for all. Range
   * [0, 100], default 0 (<a href="https://arxiv.org/abs/2411.07641">top-n-sigma</a>).
   */
  public double topNSigma() {
    return values.topNSigma();
  }

  /**
   * The values to add to the logits of these token ids. Range [-10000, 10000], or negative infinity
   * to ban a token. Default none.
   */
  public Map<Integer, Double> logitBias() {
    return values.logitBias();
  }

  /**
   * A GBNF grammar with the start symbol {@code root} that the text must follow (see llama.cpp's
   * {@code grammars/README.md}); empty for none. Limits: 2^20 characters, 200,000 elements with
   * repetitions written out, 100 nested groups, 2,000 copies by repetition, 500 rules that begin
   * with one another, and 4,096 alternative parses at any point. Left recursion is not allowed. A
   * very ambiguous grammar is slow.
   */
  public String grammar() {
    return values.grammar();
  }

  /** Whether to ban the tokens that end a text, so that the generation continues. Default false. */
  public boolean ignoreEndOfText() {
    return values.ignoreEndOfText();
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof SamplerParams that && values.equals(that.values);
  }

  @Override
  public int hashCode() {
    return values.hashCode();
  }

  @Override
  public String toString() {
    return values.toString().replaceFirst("Values", "Params");
  }

  /** Builds {@link SamplerParams}. Not thread-safe. */
  public static final class Builder {
    private double temperature = 0.8;
    private int topK = 40;
    private double topP = 0.95;
    private double minP = 0.05;
    private double typicalP = 1;
    private double repeatPenalty = 1;
    private double frequencyPenalty;
    private double presencePenalty;
    private int penaltyLastN = 64;
    private long seed = RANDOM_SEED;
    private Mirostat mirostat = Mirostat.OFF;
    private Dry dry = Dry.OFF;
    private Xtc xtc = Xtc.OFF;
    private double topNSigma;
    private Map<Integer, Double> logitBias = Map.of();
    private String grammar = "";
    private boolean ignoreEndOfText;

    private Builder() {}

    /** See {@link SamplerParams#temperature()}. */
    public Builder temperature(double value) {
      temperature = value;
      return this;
    }

    /** See {@link SamplerParams#topK()}. */
    public Builder topK(int value) {
      topK = value;
      return this;
    }

    /** See {@link SamplerParams#topP()}. */
    public Builder topP(double value) {
      topP = value;
      return this;
    }

    /** See {@link SamplerParams#minP()}. */
    public Builder minP(double value) {
      minP = value;
      return this;
    }

    /** See {@link SamplerParams#typicalP()}. */
    public Builder typicalP(double value) {
      typicalP = value;
      return this;
    }

    /** See {@link SamplerParams#repeatPenalty()}. */
    public Builder repeatPenalty(double value) {
      repeatPenalty = value;
      return this;
    }

    /** See {@link SamplerParams#frequencyPenalty()}. */
    public Builder frequencyPenalty(double value) {
      frequencyPenalty = value;
      return this;
    }

    /** See {@link SamplerParams#presencePenalty()}. */
    public Builder presencePenalty(double value) {
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
    public Builder topNSigma(double value) {
      topNSigma = value;
      return this;
    }

    /** See {@link SamplerParams#logitBias()}. */
    public Builder logitBias(Map<Integer, Double> value) {
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

    /** Checks all values and builds the parameters. */
    public SamplerParams build() {
      return new SamplerParams(
          new SamplerValues(
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
              ignoreEndOfText));
    }
  }
}
