package dev.llamastream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every number in the records of parameters, at its bounds and beyond. */
class ParamRangesTest {

  private static final int MAX = Integer.MAX_VALUE;

  /**
   * A field with a range.
   *
   * @param builds a record with this value
   * @param reads the value back
   */
  private record Range<P, V extends Number>(
      String field, V min, V max, Function<V, P> builds, Function<P, V> reads) {

    @Override
    public String toString() {
      return field;
    }

    void accepts(V value) {
      assertThat(reads.apply(builds.apply(value))).isEqualTo(value);
    }

    void refuses(V value) {
      assertThatThrownBy(() -> builds.apply(value))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage(
              String.format(Locale.ROOT, "%s: %s, must be in [%s, %s]", field, value, min, max));
    }
  }

  static Stream<Range<?, Integer>> integers() {
    return Stream.of(
        new Range<>(
            "gpuLayers", -1, MAX, v -> model().gpuLayers(v).build(), ModelParams::gpuLayers),
        new Range<>("mainGpu", -1, MAX, v -> model().mainGpu(v).build(), ModelParams::mainGpu),
        new Range<>(
            "contextSize",
            0,
            MAX - 256,
            v -> context().contextSize(v).build(),
            ContextParams::contextSize),
        new Range<>(
            "batchSize", 1, 1 << 20, v -> context().batchSize(v).build(), ContextParams::batchSize),
        new Range<>(
            "microBatchSize",
            1,
            1 << 20,
            v -> context().batchSize(1 << 20).microBatchSize(v).build(),
            ContextParams::microBatchSize),
        new Range<>(
            "microBatchSize",
            1,
            100,
            v -> context().batchSize(100).microBatchSize(v).build(),
            ContextParams::microBatchSize),
        new Range<>("threads", 0, 512, v -> context().threads(v).build(), ContextParams::threads),
        new Range<>(
            "threads",
            0,
            512,
            v -> QuantizeParams.builder().threads(v).build(),
            QuantizeParams::threads),
        new Range<>(
            "batchThreads",
            0,
            512,
            v -> context().batchThreads(v).build(),
            ContextParams::batchThreads),
        new Range<>(
            "keepTokens", 0, MAX, v -> context().keepTokens(v).build(), ContextParams::keepTokens),
        new Range<>("topK", 0, MAX, v -> sampler().topK(v).build(), SamplerParams::topK),
        new Range<>(
            "penaltyLastN",
            0,
            1 << 20,
            v -> sampler().penaltyLastN(v).build(),
            SamplerParams::penaltyLastN),
        new Range<>("mirostat.version", 0, 2, v -> new Mirostat(v, 5, 0.1), Mirostat::version),
        new Range<>(
            "dry.allowedLength",
            0,
            1 << 20,
            v -> new Dry(1, 2, v, 0, List.of()),
            Dry::allowedLength),
        new Range<>("dry.lastN", 0, 1 << 20, v -> new Dry(1, 2, 0, v, List.of()), Dry::lastN),
        new Range<>(
            "logitBias token",
            0,
            MAX,
            v -> sampler().logitBias(Map.of(v, 1.0)).build(),
            params -> params.logitBias().keySet().iterator().next()),
        new Range<>(
            "maxTokens", 0, MAX, v -> request().maxTokens(v).build(), GenerationRequest::maxTokens),
        new Range<>(
            "topLogprobs",
            0,
            1000,
            v -> request().topLogprobs(v).build(),
            GenerationRequest::topLogprobs));
  }

  /** How many, or how long. */
  static Stream<Range<?, Integer>> sizes() {
    return Stream.of(
        new Range<>(
            "dry.breakers",
            0,
            32,
            v -> new Dry(1, 2, 0, 0, Collections.nCopies(v, "\n")),
            dry -> dry.breakers().size()),
        new Range<>(
            "stopSequences",
            0,
            100,
            v -> request().stopSequences(Collections.nCopies(v, "x")).build(),
            request -> request.stopSequences().size()),
        new Range<>(
            "stopSequences length",
            1,
            10_000,
            v -> request().stopSequences("x".repeat(v)).build(),
            request -> request.stopSequences().getFirst().length()));
  }

  static Stream<Range<?, Double>> doubles() {
    return Stream.of(
        new Range<>(
            "temperature",
            0.0,
            100.0,
            v -> sampler().temperature(v).build(),
            SamplerParams::temperature),
        new Range<>("topP", 0.0, 1.0, v -> sampler().topP(v).build(), SamplerParams::topP),
        new Range<>("minP", 0.0, 1.0, v -> sampler().minP(v).build(), SamplerParams::minP),
        new Range<>(
            "typicalP", 0.0, 1.0, v -> sampler().typicalP(v).build(), SamplerParams::typicalP),
        new Range<>(
            "repeatPenalty",
            0.01,
            100.0,
            v -> sampler().repeatPenalty(v).build(),
            SamplerParams::repeatPenalty),
        new Range<>(
            "frequencyPenalty",
            -100.0,
            100.0,
            v -> sampler().frequencyPenalty(v).build(),
            SamplerParams::frequencyPenalty),
        new Range<>(
            "presencePenalty",
            -100.0,
            100.0,
            v -> sampler().presencePenalty(v).build(),
            SamplerParams::presencePenalty),
        new Range<>(
            "topNSigma", 0.0, 100.0, v -> sampler().topNSigma(v).build(), SamplerParams::topNSigma),
        new Range<>("mirostat.tau", 0.0, 100.0, v -> new Mirostat(2, v, 0.1), Mirostat::tau),
        new Range<>("mirostat.eta", 0.0, 1.0, v -> new Mirostat(2, 5, v), Mirostat::eta),
        new Range<>(
            "dry.multiplier", 0.0, 100.0, v -> new Dry(v, 2, 0, 0, List.of()), Dry::multiplier),
        new Range<>("dry.base", 1.0, 100.0, v -> new Dry(1, v, 0, 0, List.of()), Dry::base),
        new Range<>("xtc.probability", 0.0, 1.0, v -> new Xtc(v, 0.1), Xtc::probability),
        new Range<>("xtc.threshold", 0.0, 1.0, v -> new Xtc(0.5, v), Xtc::threshold),
        new Range<>(
            "tensorSplit",
            0.0,
            (double) Float.MAX_VALUE,
            v -> model().tensorSplit(List.of(1.0, v)).build(),
            params -> params.tensorSplit().getLast()));
  }

  private static ModelParams.Builder model() {
    return ModelParams.builder();
  }

  private static ContextParams.Builder context() {
    return ContextParams.builder();
  }

  private static SamplerParams.Builder sampler() {
    return SamplerParams.builder();
  }

  private static GenerationRequest.Builder request() {
    return GenerationRequest.builder("prompt");
  }

  @ParameterizedTest
  @MethodSource
  void integers(Range<?, Integer> range) {
    int min = range.min();
    int max = range.max();
    range.accepts(min);
    range.accepts(max);
    range.refuses(min - 1);
    range.refuses(Integer.MIN_VALUE);
    if (max < MAX) {
      range.refuses(max + 1);
      range.refuses(MAX);
    }
  }

  @ParameterizedTest
  @MethodSource
  void sizes(Range<?, Integer> range) {
    int min = range.min();
    range.accepts(min);
    range.accepts(range.max());
    range.refuses(range.max() + 1);
    if (min > 0) {
      range.refuses(min - 1);
    }
  }

  @ParameterizedTest
  @MethodSource
  void doubles(Range<?, Double> range) {
    double min = range.min();
    double max = range.max();
    range.accepts(min);
    range.accepts(max);
    range.accepts(Math.nextUp(min));
    range.accepts(Math.nextDown(max));
    range.refuses(Math.nextDown(min));
    range.refuses(Math.nextUp(max));
    range.refuses(Double.NaN);
    range.refuses(Double.NEGATIVE_INFINITY);
    range.refuses(Double.POSITIVE_INFINITY);
  }

  /** What native code sees is in the range too. */
  @ParameterizedTest
  @MethodSource("doubles")
  void doublesAreInTheRangeAsFloats(Range<?, Double> range) {
    for (double bound : new double[] {range.min(), range.max()}) {
      for (double value : new double[] {bound, Math.nextUp(bound), Math.nextDown(bound)}) {
        if (value >= range.min() && value <= range.max()) {
          assertThat((float) value)
              .isBetween((float) (double) range.min(), (float) (double) range.max())
              .isFinite();
        }
      }
    }
  }

  @Test
  void seed() {
    Range<SamplerParams, Long> range =
        new Range<>("seed", -1L, 0xffff_fffeL, v -> sampler().seed(v).build(), SamplerParams::seed);
    range.accepts(SamplerParams.RANDOM_SEED);
    range.accepts(0L);
    range.accepts(0xffff_fffeL);
    range.refuses(-2L);
    range.refuses(0xffff_ffffL);
    range.refuses(Long.MIN_VALUE);
    range.refuses(Long.MAX_VALUE);
  }

  @Test
  void logitBias() {
    Range<SamplerParams, Double> range =
        new Range<>(
            "logitBias",
            -10_000.0,
            10_000.0,
            v -> sampler().logitBias(Map.of(7, v)).build(),
            params -> params.logitBias().get(7));
    range.accepts(-10_000.0);
    range.accepts(10_000.0);
    range.accepts(Double.NEGATIVE_INFINITY); // bans the token
    range.refuses(Math.nextDown(-10_000.0));
    range.refuses(Math.nextUp(10_000.0));
    range.refuses(Double.NaN);
    range.refuses(Double.POSITIVE_INFINITY);
  }
}
