package dev.llamastream.internal.scheduling;

import dev.llamastream.internal.scheduling.Step.Slice;
import java.util.List;

/**
 * The step that is being decoded, and whether to stop it when jobs of it end.
 *
 * @param <J> the kind of job
 */
final class RunningStep<J extends Job> {

  private final SchedulerConfig config;
  private List<Slice<J>> slices = List.of();
  // a stop has cost others a part of their prompts, which they have not computed again yet
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

  /** It was decoded to its end. */
  void computed() {
    redoing &= isTokenEach();
    over();
  }

  /** It was not. */
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
   * Whether it had better be stopped. Jobs that go on lose no more tokens of their prompts than
   * there are of jobs that have ended, and not twice in a row. A token of each is soon decoded, and
   * is not stopped for one of them.
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
   * Recurrent memory moves the states of sequences that are not in the batch too: a stop in the
   * middle of that spoils them.
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
