package dev.llamastream.internal.threads;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** On machines that were recorded, and on others that are made up. */
class ThreadChooserTest {

  private static final int SEEDS = 200;

  /** How long it takes to find the number. */
  private static final int FOUND = 64;

  /** How many recorded steps are used in their order. */
  private static final int PIECE = 100;

  /** How long a step takes, in nanoseconds. */
  @FunctionalInterface
  private interface Machine {
    double step(int threads, Random random);
  }

  /**
   * 2 processors, the default model, 200 decoded tokens, beside so many processes that compute:
   * bench/busy.sh.
   */
  private static Machine recorded(int busy) {
    Map<Integer, double[]> steps = new HashMap<>();
    try (InputStream in = ThreadChooserTest.class.getResourceAsStream("steps.txt")) {
      for (String line : new String(in.readAllBytes(), StandardCharsets.UTF_8).split("\n")) {
        String[] parts = line.split(": ");
        String[] key = parts[0].split(" ");
        if (Integer.parseInt(key[0]) == busy) {
          steps.put(
              Integer.parseInt(key[1]),
              Arrays.stream(parts[1].split(" "))
                  .mapToDouble(s -> 1_000 * Double.parseDouble(s))
                  .toArray());
        }
      }
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    // steps follow each other as they did: their times are alike
    int[] next = new int[2];
    return (threads, random) -> {
      double[] times = steps.get(threads);
      if (next[1]++ % PIECE == 0) {
        next[0] = random.nextInt(times.length - PIECE);
      }
      return times[next[0]++ % times.length];
    };
  }

  private static double noise(Random random) {
    return 1 + 0.03 * random.nextGaussian();
  }

  private static double best(Machine machine, int most) {
    return IntStream.rangeClosed(1, most)
        .mapToDouble(
            threads -> {
              Random random = new Random(1);
              return IntStream.range(0, 2_000)
                  .mapToDouble(i -> machine.step(threads, random))
                  .average()
                  .orElseThrow();
            })
        .min()
        .orElseThrow();
  }

  private static double run(ThreadChooser chooser, Machine machine, int steps, Random random) {
    double sum = 0;
    for (int i = 0; i < steps; i++) {
      double nanos = machine.step(chooser.threads(), random);
      chooser.took((long) nanos);
      sum += nanos;
    }
    return sum / steps;
  }

  /** The mean of the steps after the first ones, as a multiple of the best number's. */
  private static double found(Machine machine, int most, int first) {
    double sum = 0;
    for (int seed = 0; seed < SEEDS; seed++) {
      Random random = new Random(seed);
      ThreadChooser chooser = new ThreadChooser(most, first);
      run(chooser, machine, FOUND, random);
      sum += run(chooser, machine, 1_000, random);
    }
    return sum / SEEDS / best(machine, most);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 8})
  void findsTheBestNumberOnTheRecordedMachine(int busy) {
    assertThat(found(recorded(busy), 2, 2)).isLessThan(1.05);
  }

  @ParameterizedTest
  @CsvSource({"0, 1", "1, 0", "0, 2", "2, 0", "0, 8", "8, 0"})
  void followsTheLoad(int before, int after) {
    Machine machine = recorded(after);
    double sum = 0;
    for (int seed = 0; seed < SEEDS; seed++) {
      Random random = new Random(seed);
      ThreadChooser chooser = new ThreadChooser(2, 2);
      run(chooser, recorded(before), 300, random);
      run(chooser, machine, FOUND, random);
      sum += run(chooser, machine, FOUND, random);
    }
    assertThat(sum / SEEDS / best(machine, 2)).isLessThan(1.05);
  }

  /** Without noise, all that is lost is what trials cost. */
  @ParameterizedTest
  @ValueSource(ints = {2, 4, 16})
  void spendsAFiftiethOnLooking(int most) {
    Machine machine = (threads, random) -> 1e6 * (64.0 / threads + 0.2);
    assertThat(found(machine, most, most)).isBetween(1.0, 1.02);
  }

  /** The memory is the limit from some number on, and more threads cost a little. */
  @Test
  void doesNotTakeMoreThreadsThanTheMemoryFeeds() {
    assertThat(found((n, r) -> 1e6 * (Math.max(64.0 / n, 5) + 0.05 * n) * noise(r), 64, 64))
        .isLessThan(1.05);
  }

  @ParameterizedTest
  @ValueSource(ints = {8, 16})
  void takesAllProcessorsIfEachOfThemHelps(int first) {
    assertThat(found((n, r) -> 1e6 * (64.0 / n + 0.2) * noise(r), 16, first)).isLessThan(1.05);
  }

  /** Another process takes one of them: all wait for that thread. */
  @Test
  void leavesTheProcessorThatAnotherProcessTakes() {
    Machine machine =
        (n, r) -> 1e6 * 64.0 / n * (n < 8 ? 1 : 1.6 + 0.8 * r.nextDouble()) * noise(r);
    assertThat(found(machine, 8, 8)).isLessThan(1.05);
  }

  @Test
  void aSingleProcessorLeavesNoChoice() {
    ThreadChooser chooser = new ThreadChooser(1, 1);
    for (int i = 0; i < 100; i++) {
      assertThat(chooser.threads()).isEqualTo(1);
      chooser.took(i);
    }
  }

  /** Steps that take no time, or for ever, leave it in the range. */
  @Test
  void survivesAnyTimes() {
    Random random = new Random(1);
    ThreadChooser chooser = new ThreadChooser(12, 6);
    for (int i = 0; i < 10_000; i++) {
      assertThat(chooser.threads()).isBetween(1, 12);
      chooser.took(
          i % 3 == 0
              ? 0
              : i % 5 == 0 ? Long.MAX_VALUE : random.nextLong(1L << random.nextInt(1, 62)));
    }
  }
}
