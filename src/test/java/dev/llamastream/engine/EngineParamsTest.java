package dev.llamastream.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import dev.llamastream.ContextParams;
import java.util.Locale;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
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
      EngineParams.Builder builder =
          EngineParams.builder().slots(1).context(context().batchSize(MILLION).build());
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
            "maxTokensPerStream",
            0,
            MAX,
            EngineParams.Builder::maxTokensPerStream,
            EngineParams::maxTokensPerStream),
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
            EngineParams::streamBuffer));
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
  void contextHasRoomForAllSlots() {
    refuses(
        "context.contextSize: 255, must be in [256, 2147483391]",
        () -> with(context().contextSize(255)).build());
    refuses(
        "context.contextSize: 0, must be in [256, 2147483391]",
        () -> with(context().contextSize(0)).build());
    assertThat(with(context().contextSize(256)).build().context().contextSize()).isEqualTo(256);
    refuses(
        "context.batchSize: 8, must be in [9, 1048576]",
        () -> with(context().batchSize(8)).slots(9).build());
    EngineParams least = with(context().batchSize(9)).slots(9).build();
    assertThat(least.context().batchSize()).isEqualTo(9);
  }

  @Test
  void contextIsNotShifted() {
    refuses(
        "context.contextShift: true, must be false in an engine",
        () -> with(context().contextShift(true)).build());
    assertThat(with(context().keepTokens(1)).build().context().keepTokens()).isEqualTo(1);
  }

  @Test
  void chunkIsPartOfTheBatch() {
    refuses(
        "prefillChunk: 101, must be in [1, 100]",
        () -> with(context().batchSize(100)).prefillChunk(101).build());
    EngineParams params = with(context().batchSize(100)).build();
    assertThat(params.context().microBatchSize()).isEqualTo(100);
    assertThat(params.prefillChunk()).isEqualTo(100);
  }

  @Test
  void defaultChunkFollowsTheBatch() {
    EngineParams.Builder builder = with(context().batchSize(100)).build().toBuilder();
    assertThat(builder.context(context().build()).build().prefillChunk()).isEqualTo(256);
    EngineParams chosen = EngineParams.builder().prefillChunk(50).build();
    assertThat(chosen.toBuilder().context(context().batchSize(100).build()).build().prefillChunk())
        .isEqualTo(50);
  }

  private static ContextParams.Builder context() {
    return EngineParams.defaults().context().toBuilder();
  }

  private static EngineParams.Builder with(ContextParams.Builder context) {
    return EngineParams.builder().context(context.build());
  }

  private static void refuses(String message, ThrowingCallable build) {
    assertThatIllegalArgumentException().isThrownBy(build).withMessage(message);
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

  @Test
  void nullsAreRefusedByName() {
    assertThatNullPointerException()
        .isThrownBy(() -> EngineParams.builder().context(null).build())
        .withMessage("context");
    assertThatNullPointerException()
        .isThrownBy(() -> EngineParams.builder().listener(null).build())
        .withMessage("listener");
  }

  @Test
  void defaultsAreWhatTheDocumentationSays() {
    EngineParams params = EngineParams.defaults();
    assertThat(params)
        .isEqualTo(
            EngineParams.builder()
                .slots(8)
                .context(ContextParams.builder().contextSize(8192).build())
                .maxTokensPerStream(0)
                .prefillChunk(256)
                .queueCapacity(256)
                .streamBuffer(32)
                .prefixCache(true)
                .prefixCacheShare(0.5)
                .listener(params.listener())
                .build());
  }
}
