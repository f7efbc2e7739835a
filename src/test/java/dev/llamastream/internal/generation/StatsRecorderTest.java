package dev.llamastream.internal.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.llamastream.FinishReason;
import dev.llamastream.StreamStats;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class StatsRecorderTest {
  private static final long MILLI = 1_000_000;

  private final StatsRecorder recorder = new StatsRecorder(30);

  @Test
  void nothingHasHappenedBeforeTheFirstPull() {
    StreamStats stats = recorder.snapshot();
    assertThat(stats.promptTokens()).isEqualTo(30);
    assertThat(stats.cachedPromptTokens()).isZero();
    assertThat(stats.generatedTokens()).isZero();
    assertThat(stats.characters()).isZero();
    assertThat(stats.timeToFirstToken()).isZero();
    assertThat(stats.promptTokensPerSecond()).isZero();
    assertThat(stats.tokensPerSecond()).isZero();
    assertThat(stats.elapsed()).isZero();
    assertThat(stats.finishReason()).isEmpty();
  }

  @Test
  void prefillSpeedCountsOnlyWhatWasNotCached() {
    recorder.start();
    recorder.prefilled(10, 40 * MILLI);
    assertThat(recorder.snapshot().cachedPromptTokens()).isEqualTo(10);
    assertThat(recorder.snapshot().promptTokensPerSecond()).isCloseTo(500, within(1e-6));
  }

  @Test
  void decodeSpeedLeavesOutTheFirstToken() {
    recorder.start();
    recorder.sampled(900 * MILLI, 2, true, 1);
    assertThat(recorder.snapshot().tokensPerSecond()).isZero();
    recorder.sampled(10 * MILLI, 2, true, 1);
    recorder.sampled(30 * MILLI, 2, true, 1);
    assertThat(recorder.snapshot().tokensPerSecond()).isCloseTo(50, within(1e-6));
    assertThat(recorder.snapshot().generatedTokens()).isEqualTo(3);
  }

  @Test
  void timeToFirstTokenIsKept() {
    recorder.start();
    recorder.sampled(MILLI, 2, true, 1);
    Duration first = recorder.snapshot().timeToFirstToken();
    assertThat(first).isPositive().isLessThanOrEqualTo(recorder.snapshot().elapsed());
    recorder.sampled(MILLI, 2, true, 1);
    assertThat(recorder.snapshot().timeToFirstToken()).isEqualTo(first);
  }

  @Test
  void endOfGenerationTokenIsNotCounted() {
    recorder.start();
    recorder.sampled(MILLI, 2, true, 4);
    recorder.sampled(MILLI, 2, false, 2);
    assertThat(recorder.snapshot().generatedTokens()).isEqualTo(1);
    assertThat(recorder.snapshot().characters()).isEqualTo(6);
  }

  @Test
  void elapsedStandsStillAfterTheEnd() {
    recorder.start();
    recorder.sampled(MILLI, 2, true, 1);
    recorder.finished(FinishReason.CANCELLED, "", 3);
    StreamStats stats = recorder.snapshot();
    assertThat(stats.finishReason()).contains(FinishReason.CANCELLED);
    assertThat(stats.characters()).isEqualTo(4);
    long later = System.nanoTime() + MILLI;
    while (System.nanoTime() < later) {
      Thread.onSpinWait();
    }
    assertThat(recorder.snapshot()).isEqualTo(stats);
  }

  @Test
  void endBeforeTheFirstPullTakesNoTime() {
    recorder.finished(FinishReason.SUPERSEDED, "", 0);
    assertThat(recorder.snapshot().elapsed()).isZero();
    assertThat(recorder.snapshot().finishReason()).contains(FinishReason.SUPERSEDED);
  }

  @Test
  void readersSeeWholeSteps() throws InterruptedException {
    AtomicBoolean torn = new AtomicBoolean();
    AtomicBoolean done = new AtomicBoolean();
    Thread reader =
        Thread.ofPlatform()
            .start(
                () -> {
                  while (!done.get()) {
                    StreamStats stats = recorder.snapshot();
                    if (stats.characters() != 3L * stats.generatedTokens()) {
                      torn.set(true);
                    }
                  }
                });
    recorder.start();
    for (int i = 0; i < 100_000; i++) {
      recorder.sampled(1, 2, true, 3);
    }
    done.set(true);
    reader.join();
    assertThat(torn).isFalse();
    assertThat(recorder.snapshot().generatedTokens()).isEqualTo(100_000);
  }
}
