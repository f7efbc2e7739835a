package dev.llamastream.internal.cache;

import static dev.llamastream.fixture.Prompts.KEY;
import static dev.llamastream.fixture.Prompts.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.llamastream.internal.cache.CachedPrefix.Reuse;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every token of a prompt is computed by the kernels of a cold run, and no cell came otherwise. */
class RepeatablePrefixTest {

  @ParameterizedTest
  @CsvSource({"40, 0", "63, 0", "64, 0", "71, 4", "101, 36", "512, 448", "513, 512", "600, 536"})
  void thePromptAgainComputesItsLastTokens(int length, int reused) {
    int[] prompt = prompt(length);
    CachedPrefix cache = new CachedPrefix(KEY, Reuse.REPEATABLE, 512);
    prefill(cache, prompt, 0);
    assertThat(cache.reusable(text(prompt))).isEqualTo(reused);
  }

  @Test
  void cellsOfAShortMicroBatchAreComputedAgainInALongerOne() {
    CachedPrefix cache = new CachedPrefix(KEY, Reuse.REPEATABLE, 512);
    prefill(cache, prompt(63), 0);
    assertThat(cache.reusable(text(prompt(200)))).isZero();
    prefill(cache, prompt(71), 0);
    assertThat(cache.reusable(text(prompt(200)))).isEqualTo(68);
  }

  @Test
  void anAnswerIsKeptAndMicroBatchesBeginBehindIt() {
    int[] second = prompt(150);
    CachedPrefix cache = new CachedPrefix(KEY, Reuse.REPEATABLE, 512);
    prefill(cache, prompt(70), 0);
    for (int i = 70; i < 130; i++) {
      cache.decoded(second[i]);
    }
    assertThat(cache.reusable(text(second))).isEqualTo(130);
    assertThat(cache.chunkEnd(130, 1000, 512)).isEqualTo(642);
    prefill(cache, second, 130);
    assertThat(cache.reusable(text(second))).isEqualTo(130);
    assertThat(cache.chunkEnd(200, 1000, 512)).isEqualTo(642);
  }

  @Test
  void restoredCellsAreReusedAsTheOldOnesWere() {
    int[] text = prompt(150);
    CachedPrefix saved = new CachedPrefix(KEY, Reuse.REPEATABLE, 512);
    prefill(saved, prompt(100), 0);
    saved.decoded(text[100]);
    CachedPrefix cache = new CachedPrefix(KEY, Reuse.REPEATABLE, 512);
    cache.replaced(saved.cells(), saved.prefilledLength());
    assertThat(cache.reusable(text(text))).isEqualTo(saved.reusable(text(text))).isEqualTo(101);
    assertThat(cache.reusable(text(prompt(100))))
        .isEqualTo(saved.reusable(text(prompt(100))))
        .isEqualTo(36);
  }

  /** Random prompts with beginnings in common, and tokens generated after each. */
  @ParameterizedTest
  @ValueSource(ints = {1, 7, 64, 100, 101, 512})
  void whateverCameBeforeTheKernelsAreThoseOfAColdRun(int microBatchSize) {
    Random random = new Random(microBatchSize);
    CachedPrefix cache = new CachedPrefix(KEY, Reuse.REPEATABLE, microBatchSize);
    List<String> kernels = new ArrayList<>();
    for (int round = 0; round < 1_000; round++) {
      int[] prompt = prompt(1 + random.nextInt(1_100));
      if (random.nextBoolean()) {
        prompt[random.nextInt(prompt.length)]++;
      }
      int reused = cache.reusable(text(prompt));
      kernels.subList(reused, kernels.size()).clear();
      cache.truncate(reused);
      for (int from = reused, to; from < prompt.length; from = to) {
        to = cache.chunkEnd(from, prompt.length, 1_024);
        for (int begin = from; begin < to; begin += microBatchSize) {
          kernels.addAll(kernels(Math.min(microBatchSize, to - begin)));
        }
        cache.prefilled(text(prompt), prompt.length, from, to);
      }
      List<String> cold = new ArrayList<>();
      for (int begin = 0; begin < prompt.length; begin += microBatchSize) {
        cold.addAll(kernels(Math.min(microBatchSize, prompt.length - begin)));
      }
      assertThat(kernels).as("round %d: %d tokens", round, prompt.length).isEqualTo(cold);
      for (int i = random.nextInt(4); i > 0; i--) {
        cache.decoded(-1); // no prompt goes on with it
        kernels.add("decoded");
      }
    }
  }

  /** What computes each row of a micro-batch, as libllama chooses it. */
  private static List<String> kernels(int rows) {
    List<String> kernels = new ArrayList<>();
    for (int row = 0; row < rows; row++) {
      String attention = rows >= 64 ? "tiled" : rows > 1 ? "rows" : "split";
      kernels.add(attention + (row < rows - rows % 4 ? " gemm" : " gemv"));
    }
    return kernels;
  }

  private static void prefill(CachedPrefix cache, int[] prompt, int reused) {
    cache.truncate(reused);
    for (int from = reused, to; from < prompt.length; from = to) {
      to = cache.chunkEnd(from, prompt.length, 512);
      cache.prefilled(text(prompt), prompt.length, from, to);
    }
  }

  private static int[] prompt(int length) {
    int[] prompt = new int[length];
    Arrays.setAll(prompt, i -> i % 50);
    return prompt;
  }
}
