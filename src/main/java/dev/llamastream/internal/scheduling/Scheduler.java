package dev.llamastream.internal.scheduling;

import dev.llamastream.internal.cache.StoredCells;
import dev.llamastream.internal.scheduling.Sequences.Match;
import dev.llamastream.internal.scheduling.Step.Load;
import dev.llamastream.internal.scheduling.Step.Slice;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Decides what to decode next. Jobs wait for a slot in order, and jobs with a slot take turns. A
 * job with a slow consumer is parked. When the KV cache is full, the scheduler first drops what
 * ended jobs have left, then the cells of parked jobs, and then pauses the newest job. Parked and
 * paused jobs compute their tokens again when they resume.
 *
 * @param <J> the kind of job
 */
@SuppressWarnings("ReferenceEquality") // jobs are compared by identity
public final class Scheduler<J extends Job> {

  private final SchedulerConfig config;
  private final Sequences sequences;
  private final BatchPlanner<J> planner;
  private final RunningStep<J> running;
  private final Jobs<J> jobs = new Jobs<>();
  private final SharedPrefixes prefixes;
  private final CellSupply<J> supply;
  private long arrivals;
  private long admissions;
  private @Nullable Load<J> load;

  /** Creates a scheduler for an empty KV cache. */
  public Scheduler(SchedulerConfig config) {
    this.config = config;
    this.sequences = new Sequences(config);
    this.prefixes = new SharedPrefixes(config, sequences);
    this.supply = new CellSupply<>(config, sequences, jobs);
    this.planner = new BatchPlanner<>(config);
    this.running = new RunningStep<>(config);
  }

  /** Queues a new job; returns false if the queue is full. */
  public boolean offer(J job) {
    if (room() <= 0) {
      return false;
    }
    job.arrival = arrivals++;
    jobs.move(job, Job.State.QUEUED);
    return true;
  }

  /** How many more jobs may be queued; 0 or less if the queue is full. */
  public int room() {
    return config.queueCapacity()
        + Math.max(0, config.slots() - jobs.active().size())
        - jobs.queued();
  }

  /** How many jobs have not begun. */
  public int queued() {
    return jobs.queued();
  }

  /** How many jobs wait, for the first time or again. */
  public int waiting() {
    return jobs.waiting().size();
  }

  /** How many jobs have a slot. */
  public int active() {
    return jobs.active().size();
  }

  /** How many jobs are parked. */
  public int parked() {
    return jobs.parked().size();
  }

  /** How often a job has lost its cells, whose tokens are computed again. */
  public long preemptions() {
    return supply.preemptions();
  }

  /** How many cells are in use. */
  public int cellsUsed() {
    return sequences.cells().used();
  }

  /** All jobs that have not ended. */
  public List<J> jobs() {
    return jobs.all();
  }

  /**
   * The consumer of a job with a slot takes no tokens. The job decodes nothing until it is woken.
   */
  public void park(J job) {
    if (job.runs()) {
      jobs.move(job, Job.State.PARKED);
    }
  }

  /** The consumer of a parked job takes tokens again. */
  public void wake(J job) {
    if (job.state == Job.State.PARKED) {
      jobs.move(job, Job.State.WAITING);
    }
  }

  /**
   * A job continues with these tokens, sampled from its outputs in order; at most one per output.
   * Drops the cells of proposed tokens that were not sampled.
   */
  public void accepted(J job, int... tokens) {
    for (int token : tokens) {
      job.append(token);
    }
    job.forgetDraft();
    // without a token the job ends, and its last cell stays
    sequences.truncate(job.ownSequence(), job.size() - Math.min(1, tokens.length));
  }

  /** Whether a job was queued and has not ended. */
  public boolean has(J job) {
    return jobs.has(job);
  }

  /** A job has ended, for any reason and at any moment. Other jobs may reuse what it computed. */
  public void end(J job) {
    if (!has(job)) {
      return;
    }
    jobs.move(job, Job.State.ENDED);
    if (!job.decoding) {
      release(job);
    }
  }

  private void release(J job) {
    Sequence sequence = job.sequence;
    if (sequence != null) {
      job.sequence = null;
      sequences.truncate(sequence, job.size()); // drops the cells of proposed tokens
      if (config.sharesPrefixes() && sequence.length() > 0) {
        sequences.keep(sequence);
      } else {
        sequences.close(sequence);
      }
    }
  }

  /** The KV cache is new and empty: every job that had begun begins again. */
  public void reset() {
    sequences.reset();
    for (J job : jobs()) {
      job.sequence = null;
      if (job.hasSlot()) {
        supply.pause(job);
      }
    }
  }

  /** Whether new jobs are about to begin while none generates, and more could begin with them. */
  public boolean beginsAnew() {
    return jobs.queued() > 0
        && jobs.active().size() + jobs.waiting().size() < config.slots()
        && jobs.active().stream().noneMatch(planner::generates);
  }

  /** The next step. If it has slices, {@link #computed} or {@link #stopped} must follow. */
  public Step<J> next() {
    List<J> begun = new ArrayList<>();
    load = null;
    while (load == null && jobs.active().size() < config.slots() && !jobs.waiting().isEmpty()) {
      J job = jobs.waiting().first();
      boolean first = job.state == Job.State.QUEUED;
      if (!admit(job)) {
        break;
      }
      job.admission = ++admissions;
      if (first) {
        begun.add(job);
      }
    }
    if (load != null) {
      return new Step<>(sequences.takeOperations(), List.of(), begun, load);
    }
    List<Slice<J>> slices = slicesWithCells();
    sequences.limitKept();
    planner.taken(slices, jobs.active());
    running.begin(slices);
    return new Step<>(sequences.takeOperations(), slices, begun, null);
  }

  /** A step was decoded. */
  public void computed(Step<J> step) {
    for (Slice<J> slice : step.slices()) {
      sequences.append(slice.job().ownSequence(), slice.job(), slice.from(), slice.to());
    }
    running.computed();
    releaseEnded(step);
  }

  /** A step has failed. How much of it was decoded is unknown. */
  public void failed(Step<J> step) {
    cut(step, step.slices().stream().mapToInt(Slice::from).toArray());
  }

  /**
   * A step was stopped midway.
   *
   * @param positions the number of positions that the sequence of each slice has now
   */
  public void stopped(Step<J> step, int[] positions) {
    int[] cells = new int[positions.length];
    for (int i = 0; i < cells.length; i++) {
      cells[i] = step.slices().get(i).job().text().cellsBefore(positions[i]);
    }
    cut(step, cells);
  }

  /** Truncates the sequence of each slice to this many cells. */
  private void cut(Step<J> step, int[] cells) {
    for (int i = 0; i < cells.length; i++) {
      Slice<J> slice = step.slices().get(i);
      Sequence sequence = slice.job().ownSequence();
      // an output is lost, so its token is computed again
      int to = Math.clamp(cells[i], slice.from(), slice.firstOutput());
      if (config.forgetsInPart() && !config.reproducible()) {
        sequences.append(sequence, slice.job(), slice.from(), to);
      }
      sequences.forget(sequence, sequence.length());
    }
    running.stopped();
    releaseEnded(step);
  }

  private void releaseEnded(Step<J> step) {
    for (Slice<J> slice : step.slices()) {
      if (slice.job().isOver()) {
        release(slice.job());
      }
    }
  }

  /** Whether to stop the running step because some of its jobs have ended. */
  public boolean worthStopping() {
    return running.worthStopping(jobs());
  }

  /** Gives a waiting job a slot, if a sequence is available and its tokens fit. */
  private boolean admit(J job) {
    if (job.sequence != null) {
      jobs.move(job, Job.State.RUNNING); // it was parked, and kept its sequence
      return true;
    }
    if (load(job)) {
      return true;
    }
    Match match = prefixes.match(job);
    int planned = prefixes.planned(job, jobs.active(), Long.MAX_VALUE);
    boolean follows = SharedPrefixes.worthWaiting(planned, match);
    int known = follows ? planned : match.length();
    if (!supply.has(job.size() - known, follows ? null : match.sequence())) {
      // better to begin now without the prefix than later with it
      match = Match.NONE;
      follows = false;
      if (!supply.has(job.size(), null)) {
        return false;
      }
    }
    job.stored = null;
    if (follows && sequences.hasFreeId()) {
      job.sequence = sequences.open(job);
      jobs.move(job, Job.State.FOLLOWING);
    } else {
      begin(job, match);
    }
    return true;
  }

  /** Lets a job load its stored cells, if it has nothing as good and they fit. */
  private boolean load(J job) {
    StoredCells stored = job.stored;
    int usable = prefixes.stored(job);
    if (stored == null
        || !stored.worthLoading(usable, known(job))
        || !supply.has(Math.max(stored.length(), job.size()), null)
        || !supply.free(stored.length())) {
      return false;
    }
    Sequence sequence = sequences.open(job);
    job.sequence = sequence;
    jobs.move(job, Job.State.FOLLOWING);
    job.decoding = true;
    load = new Load<>(job, sequence.id, stored);
    return true;
  }

  /** How much of a job's text need not be computed for it, without stored cells. */
  public int known(J job) {
    return Math.max(
        prefixes.match(job).length(), prefixes.planned(job, jobs.active(), Long.MAX_VALUE));
  }

  /**
   * The stored cells of a job were loaded into its sequence.
   *
   * @param loaded what the step said
   * @param done false if they could not be; the content of the sequence is undefined then
   */
  public void loaded(Load<J> loaded, boolean done) {
    J job = loaded.job();
    Sequence sequence = job.ownSequence();
    int usable = prefixes.stored(job);
    job.stored = null;
    job.decoding = false;
    if (done) {
      sequences.loaded(sequence, loaded.cells());
      sequences.truncate(sequence, usable);
    } else {
      sequences.forget(sequence, 0);
    }
    if (job.isOver()) {
      release(job);
    } else if (done) {
      job.begins(sequence, usable);
      jobs.move(job, Job.State.RUNNING);
    }
  }

  /**
   * What an ended job has left last, if it was not taken before and has at most so many cells. The
   * operations must be carried out at once.
   */
  public Optional<KeptCells> takeKept(int most) {
    return sequences.takeFresh(most);
  }

  private void begin(J job, Match match) {
    Sequence source = match.sequence();
    Sequence own = job.sequence;
    if (source != null
        && own == null
        && source.cached()
        && (source.length() == match.length() || !sequences.hasFreeId())) {
      sequences.adopt(source, job, match.length());
      own = source;
    } else {
      if (own == null) {
        own = sequences.open(job);
      }
      if (source != null) {
        sequences.copy(source, own, match.length());
      }
    }
    job.begins(own, match.length());
    if (!job.runs()) {
      jobs.move(job, Job.State.RUNNING);
    }
  }

  /** Lets following jobs begin, unless another job is computing a prefix that they can use. */
  private void beginFollowers() {
    for (J job : jobs.active()) {
      if (!job.runs()) {
        Match match = prefixes.match(job);
        int planned = prefixes.planned(job, jobs.active(), job.admission);
        if (!SharedPrefixes.worthWaiting(planned, match)) {
          begin(job, match);
        }
      }
    }
  }

  /** Pauses the newest jobs until there is a cell for every token. */
  private List<Slice<J>> slicesWithCells() {
    while (true) {
      beginFollowers();
      List<Slice<J>> slices = planner.slices(jobs.active());
      if (supply.free(Step.tokens(slices))) {
        // libllama computes cache parts together only if their numbers are consecutive
        slices.sort(Comparator.comparingInt(Slice::sequence));
        return slices;
      }
      if (slices.stream().anyMatch(slice -> slice.outputs() > 1)) {
        jobs.active().forEach(Job::forgetDraft);
      } else {
        supply.pause(jobs.active().last());
      }
    }
  }
}
