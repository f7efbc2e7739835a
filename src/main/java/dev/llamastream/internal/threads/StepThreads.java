package dev.llamastream.internal.threads;

import org.jspecify.annotations.Nullable;

/**
 * How many threads compute a step: a fixed number, or the one with which steps of about as many
 * tokens take the least time. For one thread at a time.
 */
public final class StepThreads {

  private final int most;
  private final int first;
  private final int one;
  private final int several;

  /** By the number of tokens: 1, 2, 3 to 4, 5 to 8 and so on. */
  private final @Nullable ThreadChooser[] choosers = new ThreadChooser[Integer.SIZE];

  /**
   * Decides for the steps of one context.
   *
   * @param one the number of threads for a single token; 0 to choose it
   * @param several the same for more tokens
   */
  public StepThreads(int one, int several) {
    this(one, several, Processors.available(), Processors.physical());
  }

  StepThreads(int one, int several, int most, int first) {
    this.one = one;
    this.several = several;
    this.most = most;
    this.first = first;
  }

  /** The largest number for a single token. */
  public int mostForOne() {
    return one == 0 ? most : one;
  }

  /** The largest number for several tokens. */
  public int mostForSeveral() {
    return several == 0 ? most : several;
  }

  /** The number of threads for a step of at least one token. */
  public int threads(int tokens) {
    int fixed = tokens == 1 ? one : several;
    return fixed == 0 ? chooser(tokens).threads() : fixed;
  }

  /** Reports how long a step with {@link #threads} took. */
  public void took(int tokens, long nanos) {
    if ((tokens == 1 ? one : several) == 0) {
      chooser(tokens).took(nanos / tokens);
    }
  }

  private ThreadChooser chooser(int tokens) {
    int kind = Integer.SIZE - Integer.numberOfLeadingZeros(tokens - 1);
    ThreadChooser chooser = choosers[kind];
    if (chooser == null) {
      chooser = new ThreadChooser(most, nearest(kind));
      choosers[kind] = chooser;
    }
    return chooser;
  }

  /** What steps of fewer tokens use now: a machine is busy for all of them. */
  private int nearest(int kind) {
    for (int i = kind - 1; i > 0; i--) {
      ThreadChooser chooser = choosers[i];
      if (chooser != null) {
        return chooser.threads();
      }
    }
    return first;
  }
}
