package dev.llamastream.internal.threads;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Finds the number of threads with which one kind of step takes the least time, from the times that
 * steps take. Other processes may come and go. It knows neither a clock nor a processor. For one
 * thread.
 *
 * <p>It uses one number. Now and then it tries another one for some steps. It keeps the other one
 * if these steps were certainly faster. It ends the trial as soon as they are slower. Failed trials
 * cost at most a fiftieth of the time, and some steps more when the times have changed. It first
 * tries a number that was faster than the current one is now.
 */
public final class ThreadChooser {

  /** How many steps a trial has at least, and at most. */
  private static final int SHORTEST = 4;

  private static final int LONGEST = 16;

  /** By how much a number must be faster. */
  private static final double BETTER = 0.97;

  /** A trial ends when its first step is this much slower than usual. */
  private static final double HOPELESS = 1.3;

  /** The part of the time that failed trials may cost. */
  private static final double LOOKING = 0.02;

  /** How many steps they may also cost, at first and when the times have changed. */
  private static final double BESIDES = 1.5;

  /** The weight of the latest step in the mean. */
  private static final double WEIGHT = 1.0 / 16;

  /** The weight of the latest step in the mean of long ago. */
  private static final double SLOW_WEIGHT = 1.0 / 64;

  /** How far apart these must be if something has changed: a part of the mean. */
  private static final double CHANGED = 0.2;

  /** And in standard errors. */
  private static final double CERTAIN = 3;

  private final int[] numbers;

  /** The mean nanoseconds of a step by number, when it was last used; 0 if it never was. */
  private final double[] known;

  private int current;
  private double mean;
  private double variance;
  private double before;
  private int turn;

  /** What failed trials may cost, in nanoseconds; negative while they cost too much. */
  private double allowed;

  private int candidate = -1;
  private int steps;
  private double sum;
  private double squares;

  /**
   * A chooser.
   *
   * @param most the largest number
   * @param first the number to begin with
   */
  public ThreadChooser(int most, int first) {
    numbers = ladder(most, first);
    known = new double[numbers.length];
    current = Arrays.binarySearch(numbers, first);
  }

  /** All small numbers, and then four for each power of two. */
  private static int[] ladder(int most, int first) {
    return IntStream.rangeClosed(1, most)
        .filter(n -> n == most || n == first || n % Math.max(1, Integer.highestOneBit(n) / 4) == 0)
        .toArray();
  }

  /** The number of threads for the next step. */
  public int threads() {
    return numbers[candidate >= 0 ? candidate : current];
  }

  /** Reports how long the step with {@link #threads()} took. */
  public void took(long nanos) {
    if (candidate >= 0) {
      tried((double) nanos);
    } else {
      used((double) nanos);
    }
    if (candidate < 0 && mean > 0 && allowed > 0) {
      begin();
    }
  }

  private void used(double nanos) {
    if (mean == 0) {
      use(nanos);
      allowed = BESIDES * nanos;
      return;
    }
    variance += WEIGHT * ((nanos - mean) * (nanos - mean) - variance);
    mean += WEIGHT * (nanos - mean);
    before += SLOW_WEIGHT * (nanos - before);
    known[current] = mean;
    allowed = Math.min(allowed + LOOKING * nanos, BESIDES * mean);
    double noise = Math.sqrt(variance * WEIGHT / (2 - WEIGHT));
    if (Math.abs(mean - before) > Math.max(CHANGED * before, CERTAIN * noise)) {
      before = mean;
      allowed = BESIDES * mean;
    }
  }

  /** From now on, this is what a step takes. */
  private void use(double nanos) {
    mean = nanos;
    before = nanos;
    variance = 0;
    known[current] = nanos;
  }

  private void begin() {
    candidate = candidate();
    steps = 0;
    sum = 0;
    squares = 0;
  }

  /** A number that was faster than the current one is now, or the next in turn; -1 for none. */
  private int candidate() {
    int fastest = current;
    for (int i = 0; i < numbers.length; i++) {
      if (known[i] != 0 && known[i] < BETTER * known[fastest]) {
        fastest = i;
      }
    }
    if (fastest != current) {
      return fastest;
    }
    int[] turns = {current - 1, current + 1, half(), numbers.length - 1, 0};
    for (int i = 0; i < turns.length; i++) {
      int next = turns[turn];
      turn = (turn + 1) % turns.length;
      if (next >= 0 && next < numbers.length && next != current) {
        return next;
      }
    }
    return -1;
  }

  private int half() {
    int at = Arrays.binarySearch(numbers, Math.max(1, numbers[current] / 2));
    return at >= 0 ? at : -at - 1;
  }

  private void tried(double nanos) {
    steps++;
    sum += nanos;
    squares += nanos * nanos;
    double tried = sum / steps;
    if (tried > (steps == 1 ? HOPELESS : 1) * mean || steps == LONGEST) {
      known[candidate] = tried;
      allowed -= Math.max(0, sum - steps * mean);
      candidate = -1;
    } else if (steps >= SHORTEST && tried + error() < BETTER * mean) {
      current = candidate;
      candidate = -1;
      turn = 0;
      use(tried);
    }
  }

  /** The standard error of the mean of the trial. */
  private double error() {
    double tried = sum / steps;
    return Math.sqrt(Math.max(0, squares / steps - tried * tried) / (steps - 1));
  }
}
