package dev.llamastream.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import dev.llamastream.FlashAttention;
import dev.llamastream.KvCacheType;
import java.util.Locale;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class EngineParamsTest {

  private static final int MAX = Integer.MAX_VALUE;
  private static final int MILLION = 1 << 20;

  /** A number with a range. */
  private record Range(
      String field,
      int min,
      int max,
      BiFunction<EngineParams.Builder, Integer, EngineParams.Builder> set,
      Function<EngineParams, Integer> read) {

    @Override
    public String toString() {
      return field;
    }

    EngineParams build(int value) {
      // the widest range for what depends on it
      EngineParams.Builder builder = EngineParams.builder().slots(1).batchSize(MILLION);
      return set.apply(builder, value).build();
    }

    void refuses(int value) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> build(value))
          .withMessage(
              String.format(Locale.ROOT, "%s: %d, must be in [%d, %d]", field, value, min, max));
    }
  }

  static Stream<Range> ranges() {
    return Stream.of(
        new Range("slots", 1, 128, EngineParams.Builder::slots, EngineParams::slots),
        new Range(
            "contextSize",
            256,
            MAX - 256,
            EngineParams.Builder::contextSize,
            EngineParams::contextSize),
        new Range(
            "maxTokensPerStream",
            0,
            MAX,
            EngineParams.Builder::maxTokensPerStream,
            EngineParams::maxTokensPerStream),
        new Range(
            "batchSize", 1, MILLION, EngineParams.Builder::batchSize, EngineParams::batchSize),
        new Range(
            "batchSize", 9, MILLION, (b, v) -> b.slots(9).batchSize(v), EngineParams::batchSize),
        new Range(
            "microBatchSize",
            1,
            MILLION,
            EngineParams.Builder::microBatchSize,
            EngineParams::microBatchSize),
        new Range(
            "prefillChunk",
            1,
            MILLION,
            EngineParams.Builder::prefillChunk,
            EngineParams::prefillChunk),
        new Range(
            "queueCapacity",
            1,
            MILLION,
            EngineParams.Builder::queueCapacity,
            EngineParams::queueCapacity),
        new Range(
            "streamBuffer",
            2,
            MILLION,
            EngineParams.Builder::streamBuffer,
            EngineParams::streamBuffer),
        new Range("threads", 0, 512, EngineParams.Builder::threads, EngineParams::threads),
        new Range(
            "batchThreads",
            0,
            512,
            EngineParams.Builder::batchThreads,
            EngineParams::batchThreads));
  }

  @ParameterizedTest
  @MethodSource
  void ranges(Range range) {
    assertThat(range.read().apply(range.build(range.min()))).isEqualTo(range.min());
    assertThat(range.read().apply(range.build(range.max()))).isEqualTo(range.max());
    range.refuses(range.min() - 1);
    range.refuses(Integer.MIN_VALUE);
    if (range.max() < MAX) {
      range.refuses(range.max() + 1);
      range.refuses(MAX);
    }
  }

  @Test
  void microBatchAndChunkAreParts() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> EngineParams.builder().batchSize(100).microBatchSize(101).build())
        .withMessage("microBatchSize: 101, must be in [1, 100]");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> EngineParams.builder().batchSize(100).prefillChunk(101).build())
        .withMessage("prefillChunk: 101, must be in [1, 100]");
    EngineParams params = EngineParams.builder().batchSize(100).build();
    assertThat(params.microBatchSize()).isEqualTo(100);
    assertThat(params.prefillChunk()).isEqualTo(100);
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, Double.MIN_VALUE, 0.3, 1})
  void share(double value) {
    assertThat(EngineParams.builder().prefixCacheShare(value).build().prefixCacheShare())
        .isEqualTo(value);
  }

  @ParameterizedTest
  @ValueSource(
      doubles = {-Double.MIN_VALUE, 1.0000000000000002, Double.NaN, Double.POSITIVE_INFINITY})
  void shareOutOfRange(double value) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> EngineParams.builder().prefixCacheShare(value).build())
        .withMessage(String.format(Locale.ROOT, "prefixCacheShare: %s, must be in [0, 1]", value));
  }

  @ParameterizedTest
  @EnumSource
  void quantizedCacheNeedsFlashAttention(KvCacheType type) {
    EngineParams.Builder off =
        EngineParams.builder().kvCacheType(type).flashAttention(FlashAttention.OFF);
    EngineParams.Builder reproducible = EngineParams.builder().kvCacheType(type).reproducible(true);
    assertThat(EngineParams.builder().kvCacheType(type).build().kvCacheType()).isEqualTo(type);
    if (type.quantized()) {
      assertThatIllegalArgumentException()
          .isThrownBy(off::build)
          .withMessageStartingWith("kvCacheType: " + type);
      assertThatIllegalArgumentException()
          .isThrownBy(reproducible::build)
          .withMessageStartingWith("kvCacheType: " + type);
    } else {
      assertThat(off.build().kvCacheType()).isEqualTo(type);
      assertThat(reproducible.build().kvCacheType()).isEqualTo(type);
    }
  }

  @Test
  void reproducibleHasNoFlashAttention() {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                EngineParams.builder().reproducible(true).flashAttention(FlashAttention.ON).build())
        .withMessage("flashAttention: ON, must be AUTO or OFF in reproducible mode");
  }

  @Test
  void nullsAreRefusedByName() {
    assertThatNullPointerException()
        .isThrownBy(() -> EngineParams.builder().flashAttention(null).build())
        .withMessage("flashAttention");
    assertThatNullPointerException()
        .isThrownBy(() -> EngineParams.builder().kvCacheType(null).build())
        .withMessage("kvCacheType");
    assertThatNullPointerException()
        .isThrownBy(() -> EngineParams.builder().listener(null).build())
        .withMessage("listener");
  }

  @Test
  void defaultsAreWhatTheDocumentationSays() {
    EngineParams params = EngineParams.defaults();
    assertThat(params)
        .isEqualTo(
            new EngineParams(
                8,
                8192,
                0,
                2048,
                512,
                256,
                256,
                32,
                0,
                0,
                FlashAttention.AUTO,
                KvCacheType.F16,
                true,
                0.5,
                false,
                params.listener()));
  }
}
