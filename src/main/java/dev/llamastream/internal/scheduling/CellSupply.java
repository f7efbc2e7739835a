package dev.llamastream.internal.scheduling;

import java.util.ArrayList;
import java.util.List;
import java.util.NavigableSet;
import org.jspecify.annotations.Nullable;

/** Makes room in the KV cache: first from what ended jobs have left, then from parked jobs. */
@SuppressWarnings("ReferenceEquality") // sequences are compared by identity
final class CellSupply<J extends Job> {

  // cells kept free per running job when another begins, so that no job is paused at once
  private static final int HEADROOM = 16;

  private final SchedulerConfig config;
  private final Sequences sequences;
  private final Jobs<J> jobs;
  private long preemptions;

  CellSupply(SchedulerConfig config, Sequences sequences, Jobs<J> jobs) {
    this.config = config;
    this.sequences = sequences;
    this.jobs = jobs;
  }

  /**
   * Whether this many cells can be had, apart from those that jobs with a slot will soon need, and
   * a sequence.
   *
   * @param needed the sequence that the cells are copied from, which must stay
   */
  boolean has(int count, @Nullable Sequence needed) {
    int wanted = count + jobs.active().stream().mapToInt(job -> job.pending() + HEADROOM).sum();
    // a sequence with its own part has room for any job
    boolean enough = !config.shared() || sequences.cells().count() - held(needed) >= wanted;
    return enough && freeId(needed);
  }

  /** How many cells cannot be freed: those of jobs that have a slot, and of this sequence. */
  private int held(@Nullable Sequence needed) {
    List<Sequence> holders = new ArrayList<>();
    if (needed != null) {
      holders.add(needed);
    }
    for (J job : jobs.active()) {
      holders.add(job.ownSequence());
    }
    return sequences.cells().heldBy(holders);
  }

  /** Frees cells until this many are available, without touching jobs that have a slot. */
  boolean free(int count) {
    while (sequences.cells().free() < count) {
      if (!sequences.evict(null) && !dropIdle(null)) {
        return false;
      }
    }
    return true;
  }

  private boolean freeId(@Nullable Sequence needed) {
    while (!sequences.hasFreeId()) {
      if (needed != null && needed == sequences.oldest()) {
        return true; // the sequence is taken over
      }
      if (!sequences.evict(needed) && !dropIdle(needed)) {
        // the needed sequence may be taken over
        return needed != null && needed.cached();
      }
    }
    return true;
  }

  /** Takes the cells of the newest job that decodes nothing. */
  private boolean dropIdle(@Nullable Sequence needed) {
    for (NavigableSet<J> idle : List.of(jobs.parked(), jobs.waiting())) {
      for (J job : idle.descendingSet()) {
        if (job.sequence != null && job.sequence != needed) {
          drop(job);
          return true;
        }
      }
    }
    return false;
  }

  /** Takes the cells of a job with a slot, which waits from now on. */
  void pause(J job) {
    drop(job);
    jobs.move(job, Job.State.WAITING);
  }

  private void drop(J job) {
    if (job.sequence != null) {
      sequences.close(job.sequence);
      preemptions++;
    }
    job.sequence = null;
  }

  /** How often a job has lost its cells. */
  long preemptions() {
    return preemptions;
  }
}
