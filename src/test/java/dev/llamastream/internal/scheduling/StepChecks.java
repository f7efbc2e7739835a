package dev.llamastream.internal.scheduling;

import static java.util.stream.Collectors.toSet;

import dev.llamastream.internal.scheduling.SimulatedJob.End;
import dev.llamastream.internal.scheduling.Step.Slice;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** What must be true of every step. */
final class StepChecks {

  // a job begins only if there are so many cells more for each that runs
  private static final int HEADROOM = 16;

  private final SchedulerConfig config;
  private final Scheduler<SimulatedJob> scheduler;
  private final List<SimulatedJob> jobs;
  private Set<SimulatedJob> wereActive = Set.of();
  private Set<SimulatedJob> wereWaiting = Set.of();
  private Set<SimulatedJob> wereGenerating = Set.of();
  // what they had to compute
  private int werePending;
  private int steps;
  private int promptsPassedOver;
  private boolean stoppedBefore;

  StepChecks(SchedulerConfig config, Scheduler<SimulatedJob> scheduler, List<SimulatedJob> jobs) {
    this.config = config;
    this.scheduler = scheduler;
    this.jobs = jobs;
  }

  private static void check(boolean right, String otherwise, Object... details) {
    if (!right) {
      throw new AssertionError(otherwise + " " + Arrays.toString(details));
    }
  }

  private Stream<SimulatedJob> active() {
    return jobs.stream().filter(Job::hasSlot);
  }

  private Stream<SimulatedJob> waiting() {
    return jobs.stream()
        .filter(job -> job.state == Job.State.QUEUED || job.state == Job.State.WAITING);
  }

  /** A job was offered, and has or has not been taken. */
  void offered(SimulatedJob job, boolean taken) {
    long queued = jobs.stream().filter(other -> !other.admitted && !other.ended()).count();
    long free = config.slots() - active().count();
    check(taken == queued < config.queueCapacity() + free, "queue", queued, free);
    if (taken) {
      jobs.add(job);
    }
  }

  void ends(SimulatedJob job, End end, int step, Scenario scenario) {
    check(!job.ended(), "ended twice", job);
    boolean right =
        switch (end) {
          case COMPLETE ->
              job.generated == job.request.maxTokens()
                  || job.prompt().length() + job.generated == scenario.tokensPerJob + 1;
          case CANCELLED -> step >= job.request.cancelledAt() || step >= scenario.abortsAt;
          case TIMEOUT -> step >= job.request.timeoutAt();
          case FAILED -> !scenario.calm;
        };
    check(right, "ended for the wrong reason", job, end);
  }

  void before() {
    check(++steps < 50_000, "no end", jobs.stream().filter(job -> !job.ended()).toList());
    wereActive = active().collect(toSet());
    werePending = wereActive.stream().mapToInt(Job::pending).sum();
    wereGenerating = wereActive.stream().filter(this::generates).collect(toSet());
    wereWaiting = waiting().collect(toSet());
  }

  /** After the operations on the cache. */
  void planned(Step<SimulatedJob> step, SimulatedCache cache) {
    consistent(cache);
    counts();
    order(cache);
    for (SimulatedJob job : step.begun()) {
      check(job.hasSlot(), "paused at once", job);
    }
    slices(step);
    turns(step);
    if (config.reproducible()) {
      step.slices().forEach(slice -> alone(slice, step));
    }
    int kept = cache.used() - cache.heldBy(bits(jobs.stream()));
    check(kept <= config.keptCells(), "too many cells kept", kept);
  }

  void counts() {
    check(scheduler.active() == active().count(), "active");
    check(scheduler.active() <= config.slots(), "more than slots");
    check(scheduler.parked() == jobs.stream().filter(job -> job.isParked).count(), "parked");
    check(
        scheduler.active() + scheduler.waiting() + scheduler.parked()
            == jobs.stream().filter(job -> !job.ended()).count(),
        "a job is lost");
    check(
        scheduler.queued() == jobs.stream().filter(job -> !job.admitted && !job.ended()).count(),
        "queued");
  }

  /** The scheduler's notes agree with the cache, and each job's tokens are in their places. */
  void consistent(SimulatedCache cache) {
    check(cache.used() == scheduler.cellsUsed(), "cells", cache.used(), scheduler.cellsUsed());
    Set<Integer> ids = new HashSet<>();
    for (SimulatedJob job : jobs) {
      Sequence sequence = job.sequence;
      if (sequence != null) {
        int length = job.computed();
        check(!job.ended() && ids.add(sequence.id), "somebody else's sequence", job);
        check(cache.length(sequence.id) == length, "length", job);
        check(length < job.size() || job.hasSlot(), "nothing left", job);
        check(length == 0 || cache.value(sequence.id) == job.expected(length - 1), "content", job);
      }
    }
  }

  private long bits(Stream<SimulatedJob> of) {
    return of.mapToLong(job -> job.sequence == null ? 0 : 1L << job.sequence.id)
        .reduce(0, (a, b) -> a | b);
  }

  /** Who gets a slot, and who loses it. */
  private void order(SimulatedCache cache) {
    List<SimulatedJob> active = active().toList();
    List<SimulatedJob> admitted = active.stream().filter(wereWaiting::contains).toList();
    List<SimulatedJob> waiting = waiting().filter(wereWaiting::contains).sorted(Job.ORDER).toList();
    for (SimulatedJob job : waiting) {
      check(admitted.stream().allMatch(other -> other.before(job)), "out of order", job);
    }
    List<SimulatedJob> paused = waiting().filter(wereActive::contains).toList();
    for (SimulatedJob job : paused) {
      check(active.stream().allMatch(other -> other.before(job)), "paused, not the newest", job);
    }
    long held = bits(active.stream());
    if (!paused.isEmpty()) {
      check(cache.heldBy(~held) == cache.heldBy(~held & held), "paused while others idle", paused);
      check(cache.used() == cache.heldBy(held), "paused while cells were kept", paused);
    } else if (!waiting.isEmpty() && active.size() < config.slots()) {
      int needed =
          waiting.getFirst().size()
              + werePending
              + admitted.stream().mapToInt(Job::size).sum()
              + HEADROOM * active.size();
      boolean fits = config.cells() - cache.heldBy(held) >= needed;
      check(!active.isEmpty() && config.shared() && !fits, "not let in", waiting.getFirst());
    }
  }

  private void slices(Step<SimulatedJob> step) {
    check(step.tokens() <= config.batchSize(), "more than a batch");
    check(!step.slices().isEmpty() || scheduler.active() == 0, "nothing is done");
    Set<SimulatedJob> seen = new HashSet<>();
    int last = -1;
    for (Slice<SimulatedJob> slice : step.slices()) {
      check(slice.sequence() > last, "out of sequence", step);
      last = slice.sequence();
      SimulatedJob job = slice.job();
      check(seen.add(job), "twice in a step", job);
      check(job.runs() && !job.isParked && !job.ended(), "not active", job);
      check(job.sequence != null && job.sequence.id == slice.sequence(), "whose?", job);
      check(slice.from() == job.computed(), "from", job);
      int drafted = Math.max(0, slice.to() - job.size());
      check(slice.from() < slice.to() && drafted <= job.proposed(), "to", job);
      check(slice.to() <= config.sequenceCells(), "more cells than there are", job);
      check(slice.outputs() == (slice.to() < job.size() ? 0 : 1 + drafted), "outputs", slice);
      check(drafted <= config.draftTokens(), "too many proposals", slice);
      check(drafted == 0 || job.pending() == 1, "proposals behind a prompt", slice);
    }
  }

  /** Parts of prompts, the first before others, or one token of each that has none left. */
  private void turns(Step<SimulatedJob> step) {
    Set<SimulatedJob> moving = step.slices().stream().map(Slice::job).collect(toSet());
    List<SimulatedJob> active = active().sorted(Job.ORDER).toList();
    List<SimulatedJob> prompts = active.stream().filter(job -> !generates(job)).toList();
    boolean prefill = prompts.stream().anyMatch(moving::contains);
    int most = config.reproducible() ? config.microBatchSize() : config.prefillChunk();
    if (prefill) {
      check(moving.stream().noneMatch(wereGenerating::contains), "mixed", step);
      boolean othersWait = active.stream().anyMatch(wereGenerating::contains);
      check(!othersWait || step.tokens() <= most, "a chunk too long", step);
      firstPrompt(prompts, moving);
    }
    boolean passed = prompts.stream().anyMatch(job -> !follows(job) && !moving.contains(job));
    promptsPassedOver = !prefill && passed ? promptsPassedOver + 1 : 0;
    check(promptsPassedOver <= 1, "prompts passed over");
    for (SimulatedJob job : jobs) {
      boolean waits = wereGenerating.contains(job) && active.contains(job) && !moving.contains(job);
      job.passedOver = waits ? job.passedOver + step.tokens() : 0;
      check(job.passedOver <= most, "passed over", job);
    }
  }

  private boolean generates(SimulatedJob job) {
    return job.runs() && (config.reproducible() ? !job.inPrompt() : job.pending() == 1);
  }

  private void firstPrompt(List<SimulatedJob> prompts, Set<SimulatedJob> moving) {
    prompts.stream()
        .filter(job -> moving.contains(job) || !follows(job))
        .findFirst()
        .ifPresent(job -> check(moving.contains(job), "prefill passed over", job));
  }

  /** Whether somebody else computes what it has use for. */
  private boolean follows(SimulatedJob job) {
    return job.computed() == 0
        && active()
            .filter(other -> other != job && other.inPrompt())
            .anyMatch(other -> common(job, other) >= Scenario.WORTH_WAITING);
  }

  private static int common(SimulatedJob job, SimulatedJob other) {
    return job.text().common(other.text(), job.size());
  }

  /** Whether a step that is being decoded is stopped, after some of its jobs have ended. */
  void stops(Step<SimulatedJob> step, boolean stopped) {
    List<SimulatedJob> going = jobs.stream().filter(job -> !job.ended()).toList();
    int all = step.tokens();
    int wanted = tokens(step, false);
    int wasted = all - wanted;
    boolean lossy = stopped && wanted > 0;
    if (!config.forgetsInPart()) {
      boolean harmless = going.stream().allMatch(job -> job.computed() == 0);
      check(!stopped || (harmless && wanted == 0), "a stop that spoils others", step);
      check(!harmless || stopped == (wanted == 0), "decoded for nobody", step);
    } else {
      check(stopped || wanted > 0, "decoded for nobody", step);
      check(!lossy || wasted >= Math.min(wanted, config.microBatchSize()), "not worth it", step);
      check(!(lossy && stoppedBefore), "stopped twice in a row", step);
    }
    if (!step.slices().stream().allMatch(Slice::isOneToken)) {
      stoppedBefore = lossy;
    } else {
      check(!lossy, "a token each, stopped for some", step);
    }
  }

  private static int tokens(Step<SimulatedJob> step, boolean ended) {
    return step.slices().stream()
        .filter(slice -> slice.job().ended() == ended)
        .mapToInt(Slice::length)
        .sum();
  }

  /** A reproducible prompt is decoded alone, in whole micro-batches. */
  private void alone(Slice<SimulatedJob> slice, Step<SimulatedJob> step) {
    int micro = config.microBatchSize();
    if (slice.generates()) {
      check(slice.length() == 1, "more than a token", slice);
      check(step.slices().stream().allMatch(Slice::generates), "mixed", slice);
    } else {
      boolean aligned = slice.to() == slice.job().prompt().length() || slice.to() % micro == 0;
      check(step.slices().size() == 1 && aligned, "a prompt's chunk", slice);
      check(slice.length() <= micro, "a prompt's chunk", slice);
    }
  }

  void atTheEnd(Scenario scenario, int decoded) {
    check(scheduler.jobs().isEmpty(), "jobs are left");
    if (scenario.calm && config.forgetsInPart()) {
      long needed = distinct() + jobs.stream().mapToLong(job -> job.generated).sum();
      long slack = (long) Scenario.WORTH_WAITING * jobs.size();
      check(decoded <= needed + slack, "work done again", decoded, needed);
    }
  }

  /** How many tokens of all prompts do not stand behind the same ones in another. */
  private long distinct() {
    return jobs.stream()
        .flatMap(job -> IntStream.range(0, job.prompt().length()).mapToObj(job::expected))
        .distinct()
        .count();
  }
}
