package dev.llamastream.internal.scheduling;

import dev.llamastream.internal.scheduling.SimulatedJob.End;
import dev.llamastream.internal.scheduling.Step.Load;
import dev.llamastream.internal.scheduling.Step.Slice;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * Drives a scheduler as the engine does, with a cache and consumers that are made up, and no time
 * but the number of steps. The same seed does the same.
 */
final class Simulation {

  private final Scenario scenario;
  private final SchedulerConfig config;
  private final Scheduler<SimulatedJob> scheduler;
  private final Consumer<String> log;
  private final List<SimulatedJob> jobs = new ArrayList<>();
  private final StepChecks checks;
  private SimulatedCache cache;
  private int step;
  private int nextArrival;
  private int arrivals;
  private int decoded;

  private Simulation(long seed, Consumer<String> log) {
    this.log = log;
    scenario = new Scenario(seed);
    config = scenario.config;
    cache = new SimulatedCache(config);
    scheduler = new Scheduler<>(config);
    checks = new StepChecks(config, scheduler, jobs);
    log.accept(String.format(Locale.ROOT, "%s, calm: %s", config, scenario.calm));
  }

  /** Throws an AssertionError if anything is wrong. */
  static void run(long seed, Consumer<String> log) {
    Simulation simulation = new Simulation(seed, log);
    try {
      simulation.run();
    } catch (AssertionError | RuntimeException e) {
      throw new AssertionError(String.format(Locale.ROOT, "step %d: %s", simulation.step, e), e);
    }
  }

  private void run() {
    while (!over()) {
      step++;
      arrive();
      consume();
      jobs.stream().filter(job -> !job.endsInDecode()).forEach(this::interrupt);
      step();
    }
    checks.atTheEnd(scenario, decoded);
  }

  private boolean over() {
    boolean allCame = arrivals == scenario.jobs || step >= scenario.closesAt;
    return allCame && jobs.stream().allMatch(SimulatedJob::ended);
  }

  private void arrive() {
    while (step >= nextArrival && arrivals < scenario.jobs && step < scenario.closesAt) {
      SimulatedJob job =
          new SimulatedJob(scenario.request(step), arrivals++, new SimulatedCache(config), config);
      scenario.stored(job);
      checks.offered(job, scheduler.offer(job));
      log.accept(String.format(Locale.ROOT, "%d: %s arrives, %s", step, job, job.request));
      nextArrival = step + scenario.gap();
    }
  }

  private void consume() {
    for (SimulatedJob job : jobs) {
      if (job.takes(step)) {
        job.buffered--;
        if (job.isParked && job.wantsMore()) {
          wake(job);
        }
      }
    }
  }

  private void wake(SimulatedJob job) {
    log.accept(String.format(Locale.ROOT, "%d: %s goes on", step, job));
    job.isParked = false;
    scheduler.wake(job);
  }

  private void interrupt(SimulatedJob job) {
    if (job.ended()) {
      return;
    }
    if (step >= Math.min(job.request.cancelledAt(), scenario.abortsAt)) {
      end(job, End.CANCELLED);
    } else if (step >= job.request.timeoutAt()) {
      end(job, End.TIMEOUT);
    }
  }

  private void step() {
    checks.before();
    propose();
    Step<SimulatedJob> planned = scheduler.next();
    log.accept(String.format(Locale.ROOT, "%d: %s", step, planned));
    planned.operations().forEach(cache::carryOut);
    planned.begun().forEach(job -> job.admitted = true);
    if (planned.load() != null) {
      load(planned.load());
      return;
    }
    checks.planned(planned, cache);
    if (planned.slices().isEmpty()) {
      interruptInDecode();
    } else {
      decode(planned);
    }
  }

  /** Loads stored cells, which others do not wait for either. */
  private void load(Load<SimulatedJob> load) {
    interruptInDecode();
    boolean done = !scenario.failsToLoad();
    log.accept(String.format(Locale.ROOT, "%d: %s, %s", step, load, done ? "done" : "failed"));
    if (done) {
      cache.load(load.sequence(), load.cells().text());
    }
    scheduler.loaded(load, done);
  }

  /** Somebody guesses what comes next. */
  private void propose() {
    for (SimulatedJob job : jobs) {
      if (!job.ended() && job.generated > 0) {
        job.propose(scenario.proposed(), scenario::proposesRight);
      }
    }
  }

  /** Others do not wait for the decode. */
  private void interruptInDecode() {
    jobs.stream().filter(SimulatedJob::endsInDecode).forEach(this::interrupt);
    checks.counts();
    arrive();
    consume();
  }

  private void decode(Step<SimulatedJob> planned) {
    long ended = ended();
    interruptInDecode();
    boolean stopped = scheduler.worthStopping();
    checks.stops(planned, stopped);
    if (stopped || scenario.stops()) {
      log.accept(String.format(Locale.ROOT, "%d: stopped", step));
      cache.decode(planned.slices(), scenario.partOf(planned.tokens()));
      scheduler.stopped(planned, lengths(planned));
    } else if (scenario.fails()) {
      fail(planned);
    } else {
      cache.decode(planned.slices(), planned.tokens());
      decoded += planned.tokens() - drafted(planned);
      scheduler.computed(planned);
      if (ended == ended() && drafted(planned) == 0) {
        checks.consistent(cache); // otherwise after the next operations
      }
      for (Slice<SimulatedJob> slice : planned.slices()) {
        if (slice.outputs() > 0 && !slice.job().ended()) {
          deliver(slice.job(), sample(slice));
        }
      }
    }
  }

  private static int drafted(Step<SimulatedJob> planned) {
    return planned.slices().stream().mapToInt(slice -> Math.max(0, slice.outputs() - 1)).sum();
  }

  /** What comes out of a slice: a token, and another for each proposal that was right. */
  private int[] sample(Slice<SimulatedJob> slice) {
    IntStream.Builder sampled = IntStream.builder();
    for (int at = slice.firstOutput(); at < slice.to(); at++) {
      int token = SimulatedCache.sample(cache.value(slice.sequence(), at));
      sampled.add(token);
      boolean right = at + 1 < slice.to() && token == slice.job().token(at + 1);
      if (!right || scenario.acceptsNoMore()) {
        break;
      }
    }
    return sampled.build().toArray();
  }

  private long ended() {
    return jobs.stream().filter(SimulatedJob::ended).count();
  }

  private int[] lengths(Step<SimulatedJob> planned) {
    return planned.slices().stream().mapToInt(slice -> cache.length(slice.sequence())).toArray();
  }

  private void fail(Step<SimulatedJob> planned) {
    boolean lost = scenario.losesContext();
    log.accept(String.format(Locale.ROOT, "%d: failed, context lost: %s", step, lost));
    cache.decode(planned.slices(), scenario.partOf(planned.tokens()));
    scheduler.failed(planned);
    planned.slices().stream()
        .map(Slice::job)
        .filter(job -> !job.ended())
        .forEach(job -> end(job, End.FAILED));
    if (lost) {
      scheduler.reset();
      cache = new SimulatedCache(config);
    }
  }

  private void deliver(SimulatedJob job, int... tokens) {
    for (int i = 0; i < tokens.length; i++) {
      job.generated++;
      job.buffered++;
      boolean full = job.prompt().length() + job.generated > scenario.tokensPerJob;
      if (full || job.generated == job.request.maxTokens()) {
        scenario.remember(job);
        scheduler.accepted(job, Arrays.copyOf(tokens, i + 1));
        end(job, End.COMPLETE);
        return;
      }
    }
    scheduler.accepted(job, tokens);
    if (!job.hasRoom()) {
      job.isParked = true;
      scheduler.park(job);
      log.accept(String.format(Locale.ROOT, "%d: %s is parked", step, job));
      if (job.wantsMore()) {
        wake(job);
      }
    }
  }

  private void end(SimulatedJob job, End end) {
    log.accept(String.format(Locale.ROOT, "%d: %s ends, %s", step, job, end));
    checks.ends(job, end, step, scenario);
    job.end = end;
    job.isParked = false;
    scheduler.end(job);
  }
}
