package dev.llamastream.internal.cache;

import static dev.llamastream.fixture.Prompts.KEY;
import static dev.llamastream.fixture.Prompts.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.llamastream.internal.cache.CachedPrefix.Reuse;
import dev.llamastream.internal.prompt.CacheKey;
import dev.llamastream.internal.prompt.EncodedPrompt;
import dev.llamastream.internal.prompt.EncodedText;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CachedPrefixTest {
  private static final int RUNS = 2_000;

  @Test
  void emptyCacheHasNothingToReuse() {
    assertThat(new CachedPrefix(KEY, Reuse.COMMON, 512).reusable(text(1, 2, 3))).isZero();
    assertThat(new CachedPrefix(KEY, Reuse.REPRODUCIBLE, 512).reusable(text(1, 2, 3))).isZero();
  }

  @Test
  void commonBeginningIsReused() {
    CachedPrefix cache = prefilled(Reuse.COMMON, 512, 1, 2, 3, 4);
    assertThat(cache.reusable(text(1, 2, 9, 4))).isEqualTo(2);
    assertThat(cache.reusable(text(9, 2, 3))).isZero();
    assertThat(cache.reusable(text(1, 2, 3, 4, 5, 6))).isEqualTo(4);
  }

  @Test
  void lastTokenIsAlwaysComputed() {
    CachedPrefix cache = prefilled(Reuse.COMMON, 512, 1, 2, 3, 4);
    assertThat(cache.reusable(text(1, 2, 3, 4))).isEqualTo(3);
    assertThat(cache.reusable(text(1, 2))).isEqualTo(1);
    assertThat(cache.reusable(text(1))).isZero();
  }

  @Test
  void generatedTokensAreReusedUnlessReproducible() {
    int[] next = {1, 2, 3, 4, 5, 6, 7};
    CachedPrefix cache = prefilled(Reuse.COMMON, 512, 1, 2, 3, 4);
    cache.decoded(5);
    assertThat(cache.length()).isEqualTo(5);
    assertThat(cache.reusable(text(next))).isEqualTo(5);
    CachedPrefix reproducible = prefilled(Reuse.REPRODUCIBLE, 512, 1, 2, 3, 4);
    reproducible.decoded(5);
    assertThat(reproducible.reusable(text(next))).isEqualTo(4);
  }

  @Test
  void cellsOfAnotherKeyAreNotReused() {
    CacheKey other = new CacheKey("other");
    EncodedText prompt = EncodedPrompt.ofTokens(other, 1, 2, 3, 4).text();
    CachedPrefix cache = prefilled(Reuse.COMMON, 512, 1, 2, 3, 4);
    assertThat(cache.reusable(prompt)).isZero();
    cache.truncate(0);
    cache.prefilled(prompt, 4, 0, 4);
    assertThat(cache.reusable(prompt)).isEqualTo(3);
    assertThat(cache.reusable(text(1, 2, 3, 4))).isZero();
  }

  @Test
  void truncatedCellsAreGone() {
    CachedPrefix cache = prefilled(Reuse.COMMON, 512, 1, 2, 3, 4);
    cache.truncate(2);
    assertThat(cache.length()).isEqualTo(2);
    assertThat(cache.reusable(text(1, 2, 3, 4, 5))).isEqualTo(2);
    cache.truncate(3);
    assertThat(cache.length()).isEqualTo(2);
  }

  @Test
  void cellsBehindAContextShiftAreNotReused() {
    CachedPrefix cache = prefilled(Reuse.COMMON, 512, 1, 2, 3, 4, 5, 6);
    cache.shifted(2, 4);
    assertThat(cache.length()).isEqualTo(4);
    assertThat(cache.reusable(text(1, 2, 5, 6, 7))).isEqualTo(2);
    cache.decoded(7);
    assertThat(cache.reusable(text(1, 2, 5, 6, 7, 8))).isEqualTo(2);
    cache.truncate(2);
    cache.prefilled(text(new int[] {1, 2, 5, 6}), (new int[] {1, 2, 5, 6}).length, 2, 4);
    assertThat(cache.reusable(text(1, 2, 5, 6, 7))).isEqualTo(4);
  }

  @Test
  void restoredCellsAreReusedAsTheOldOnesWere() {
    CachedPrefix saved = prefilled(Reuse.REPRODUCIBLE, 512, 1, 2, 3, 4);
    saved.decoded(5);
    CachedPrefix cache = prefilled(Reuse.REPRODUCIBLE, 512, 9, 9, 9, 9, 9, 9, 9);
    cache.replaced(saved.cells(), saved.prefilledLength());
    assertThat(cache.length()).isEqualTo(5);
    assertThat(cache.reusable(text(1, 2, 3, 4, 5, 6, 7))).isEqualTo(4);
    CachedPrefix other = new CachedPrefix(KEY, Reuse.COMMON, 512);
    other.replaced(saved.cells(), saved.prefilledLength());
    assertThat(other.reusable(text(1, 2, 3, 4, 5, 6, 7))).isEqualTo(5);
  }

  @Test
  void reproducibleReuseLeavesNoTokenAloneThatWasNotAlone() {
    CachedPrefix cache = prefilled(Reuse.REPRODUCIBLE, 512, 1, 2, 3, 4);
    assertThat(cache.reusable(text(1, 2, 3, 4))).isEqualTo(2);
    assertThat(cache.reusable(text(1, 2, 3, 4, 5))).isEqualTo(3);
    assertThat(cache.reusable(text(1, 2, 3, 4, 5, 6))).isEqualTo(4);
  }

  @Test
  void reproducibleReuseLeavesAloneWhatAlwaysIs() {
    CachedPrefix cache = prefilled(Reuse.REPRODUCIBLE, 4, 1, 2, 3, 4, 5, 6);
    assertThat(cache.reusable(text(1, 2, 3, 4, 5))).isEqualTo(4);
  }

  @Test
  void reproducibleReuseTakesNoCellThatWasComputedAlone() {
    CachedPrefix cache = prefilled(Reuse.REPRODUCIBLE, 4, 1, 2, 3, 4, 5);
    assertThat(cache.reusable(text(1, 2, 3, 4, 5, 6, 7, 8))).isEqualTo(4);
    assertThat(prefilled(Reuse.REPRODUCIBLE, 512, 1).reusable(text(1, 2, 3, 4))).isZero();
  }

  @Test
  void chunksEndWhereMicroBatchesDo() {
    CachedPrefix cache = new CachedPrefix(KEY, Reuse.COMMON, 4);
    assertThat(cache.chunkEnd(0, 100, 10)).isEqualTo(8);
    assertThat(cache.chunkEnd(8, 100, 10)).isEqualTo(16);
    assertThat(cache.chunkEnd(96, 100, 10)).isEqualTo(100);
    assertThat(cache.chunkEnd(3, 5, 10)).isEqualTo(5);
  }

  @Test
  void reproducibleChunkFirstCompletesItsMicroBatch() {
    CachedPrefix cache = new CachedPrefix(KEY, Reuse.REPRODUCIBLE, 4);
    assertThat(cache.chunkEnd(6, 100, 8)).isEqualTo(8);
    assertThat(cache.chunkEnd(8, 100, 8)).isEqualTo(16);
    assertThat(cache.chunkEnd(6, 7, 8)).isEqualTo(7);
  }

  /** Conversations of random prompts, generated tokens and interruptions. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void anySequenceOfPromptsFindsInTheCacheWhatItWouldCompute(boolean reproducible) {
    for (int seed = 0; seed < RUNS; seed++) {
      new Run(seed, reproducible).play();
    }
  }

  private static CachedPrefix prefilled(Reuse reuse, int microBatchSize, int... prompt) {
    CachedPrefix cache = new CachedPrefix(KEY, reuse, microBatchSize);
    for (int from = 0, to; from < prompt.length; from = to) {
      to = cache.chunkEnd(from, prompt.length, microBatchSize);
      cache.prefilled(text(prompt), prompt.length, from, to);
    }
    return cache;
  }

  private record Cell(int token, boolean prefilled, boolean alone) {}

  /** A KV cache as it would really be, beside what CachedPrefix believes. */
  private static final class Run {
    private final int seed;
    private final Random random;
    private final boolean reproducible;
    private final int microBatchSize;
    private final int batchSize;
    private final CachedPrefix cache;
    private final List<Cell> cells = new ArrayList<>();

    Run(int seed, boolean reproducible) {
      this.seed = seed;
      this.reproducible = reproducible;
      random = new Random(seed);
      microBatchSize = 1 + random.nextInt(6);
      batchSize = microBatchSize + random.nextInt(10);
      cache =
          new CachedPrefix(KEY, reproducible ? Reuse.REPRODUCIBLE : Reuse.COMMON, microBatchSize);
    }

    void play() {
      int[] prompt = {};
      for (int round = 0; round < 12; round++) {
        prompt = nextPrompt(prompt);
        boolean complete = prefill(prompt);
        for (int i = random.nextInt(4); complete && i > 0; i--) {
          int token = random.nextInt(3);
          cache.decoded(token);
          cells.add(new Cell(token, false, true));
        }
        assertThat(cache.length()).as("seed %d", seed).isEqualTo(cells.size());
      }
    }

    /** Some of the last prompt or of the cells, and a little more. */
    private int[] nextPrompt(int[] last) {
      int[] base = random.nextBoolean() ? last : cells.stream().mapToInt(Cell::token).toArray();
      int kept = random.nextInt(base.length + 1);
      int[] prompt = Arrays.copyOf(base, kept + 1 + random.nextInt(8));
      for (int i = kept; i < prompt.length; i++) {
        prompt[i] = random.nextInt(3);
      }
      return prompt;
    }

    private boolean prefill(int[] prompt) {
      int reused = cache.reusable(text(prompt));
      checkReuse(prompt, reused);
      truncate(reused);
      for (int from = reused, to; from < prompt.length; from = to) {
        to = cache.chunkEnd(from, prompt.length, batchSize);
        assertThat(to).as("seed %d", seed).isBetween(from + 1, from + batchSize);
        if (random.nextInt(10) == 0) {
          truncate(from); // interrupted
          return false;
        }
        compute(prompt, from, to);
        cache.prefilled(text(prompt), prompt.length, from, to);
      }
      return true;
    }

    private void truncate(int length) {
      cache.truncate(length);
      cells.subList(length, cells.size()).clear();
    }

    private void checkReuse(int[] prompt, int reused) {
      int common = 0;
      int usable = 0;
      while (common < Math.min(prompt.length - 1, cells.size())
          && cells.get(common).token() == prompt[common]) {
        Cell cell = cells.get(common);
        common++;
        usable = cell.prefilled() && usable == common - 1 ? common : usable;
      }
      if (!reproducible) {
        assertThat(reused).as("seed %d", seed).isEqualTo(common);
        return;
      }
      // at most one cell that was computed alone, and one that would leave a token alone
      assertThat(reused).as("seed %d", seed).isBetween(Math.max(0, usable - 2), usable);
      for (int i = 0; i < reused; i++) {
        assertThat(cells.get(i).alone())
            .as("seed %d: cell %d of %d was computed alone", seed, i, prompt.length)
            .isEqualTo(aloneWhenCold(i, prompt.length));
      }
    }

    private void compute(int[] prompt, int from, int to) {
      for (int begin = from; begin < to; begin += microBatchSize) {
        int end = Math.min(begin + microBatchSize, to);
        for (int i = begin; i < end; i++) {
          boolean alone = end - begin == 1;
          if (reproducible) {
            assertThat(alone)
                .as("seed %d: token %d of %d is computed alone", seed, i, prompt.length)
                .isEqualTo(aloneWhenCold(i, prompt.length));
          }
          cells.add(new Cell(prompt[i], true, alone));
        }
      }
    }

    private boolean aloneWhenCold(int i, int promptLength) {
      int begin = i - i % microBatchSize;
      return Math.min(begin + microBatchSize, promptLength) - begin == 1;
    }
  }
}
