package dev.llamastream.internal.scheduling;

import dev.llamastream.internal.scheduling.Step.Slice;
import java.util.List;

/**
 * The running step, and whether to stop it when some of its jobs end.
 *
 * @param <J> the kind of job
 */
final class RunningStep<J extends Job> {

  private final SchedulerConfig config;
  private List<Slice<J>> slices = List.of();
  // a stop has cost other jobs prompt tokens that they have not computed again yet
  private boolean redoing;

  RunningStep(SchedulerConfig config) {
    this.config = config;
  }

  void begin(List<Slice<J>> begun) {
    slices = begun;
    for (Slice<J> slice : begun) {
      slice.job().decoding = true;
    }
  }

  /** The step was decoded completely. */
  void computed() {
    redoing &= isTokenEach();
    over();
  }

  /** The step was stopped. */
  void stopped() {
    redoing = slices.stream().anyMatch(slice -> !slice.job().isOver());
    over();
  }

  private void over() {
    for (Slice<J> slice : slices) {
      slice.job().decoding = false;
    }
    slices = List.of();
  }

  /**
   * Whether to stop the step. The continuing jobs must not lose more prompt tokens than the ended
   * jobs have in the step, and not twice in a row. A step of single tokens is short, and is not
   * stopped for one ended job.
   *
   * @param going all jobs that have not ended
   */
  boolean worthStopping(Iterable<J> going) {
    int wasted = 0;
    int wanted = 0;
    for (Slice<J> slice : slices) {
      if (slice.job().isOver()) {
        wasted += slice.length();
      } else {
        wanted += slice.length();
      }
    }
    if (wasted == 0 || (!config.forgetsInPart() && !nothingToLose(going))) {
      return false;
    }
    boolean gains = wasted >= Math.min(wanted, config.microBatchSize());
    return wanted == 0 || (gains && !redoing && !isTokenEach());
  }

  /**
   * Recurrent memory also moves the states of sequences outside the batch. A stop during that would
   * corrupt them.
   */
  private boolean nothingToLose(Iterable<J> going) {
    for (J job : going) {
      if (job.decoding || job.computed() > 0) {
        return false;
      }
    }
    return true;
  }

  private boolean isTokenEach() {
    for (Slice<J> slice : slices) {
      if (!slice.isOneToken()) {
        return false;
      }
    }
    return true;
  }
}
