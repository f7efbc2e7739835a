package dev.llamastream.internal.scheduling;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llamastream.fixture.Prompts;
import dev.llamastream.internal.cache.StoredCells;
import dev.llamastream.internal.scheduling.Step.Load;
import dev.llamastream.internal.scheduling.Step.Slice;
import java.util.Arrays;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** A job whose prefix is loaded instead of computed, and what ended jobs leave to be stored. */
class LoadTest {

  private SchedulerConfig config = config(1_000, false);
  private Scheduler<Job> scheduler = new Scheduler<>(config);
  private SimulatedCache cache = new SimulatedCache(config);

  private static SchedulerConfig config(int cells, boolean reproducible) {
    return new SchedulerConfig(
        4, 40, cells, 60, true, true, true, cells, 512, 512, reproducible, 32, 0);
  }

  private void use(SchedulerConfig other) {
    config = other;
    scheduler = new Scheduler<>(config);
    cache = new SimulatedCache(config);
  }

  private static int[] text(int length) {
    return IntStream.range(0, length).toArray();
  }

  /** The first tokens of the text, and others behind them. */
  private static int[] branch(int common, int length) {
    int[] branch = text(length);
    Arrays.fill(branch, common, length, 7_777);
    return branch;
  }

  private Job offer(int[] prompt, int... stored) {
    Job job = new Job(Prompts.prompt(prompt), 0, true) {};
    if (stored.length > 0) {
      job.offerStored(new StoredCells(Prompts.text(stored), stored.length));
    }
    assertThat(scheduler.offer(job)).isTrue();
    return job;
  }

  private Step<Job> next() {
    Step<Job> step = scheduler.next();
    step.operations().forEach(cache::carryOut);
    return step;
  }

  private Load<Job> nextLoad() {
    Step<Job> step = next();
    assertThat(step.slices()).isEmpty();
    return Objects.requireNonNull(step.load());
  }

  private void load() {
    Load<Job> load = nextLoad();
    cache.load(load.sequence(), load.cells().text());
    scheduler.loaded(load, true);
  }

  /** Decodes a step of prompts, and returns where each begins. */
  private int[] decode() {
    Step<Job> step = next();
    assertThat(step.load()).isNull();
    cache.decode(step.slices(), step.tokens());
    scheduler.computed(step);
    return step.slices().stream().mapToInt(Slice::from).toArray();
  }

  @Test
  void whatIsLoadedIsNotComputed() {
    Job job = offer(text(200), text(150));
    load();
    assertThat(decode()).containsExactly(150);
    assertThat(job.reused()).isEqualTo(150);
  }

  @Test
  void theRestOfWhatIsLoadedIsForgotten() {
    Job job = offer(text(200), branch(100, 300));
    load();
    assertThat(decode()).containsExactly(100);
    assertThat(job.reused()).isEqualTo(100);
    assertThat(scheduler.cellsUsed()).isEqualTo(200);
    assertThat(cache.used()).isEqualTo(200);
  }

  @Test
  void whatCannotBeLoadedIsComputed() {
    Job job = offer(text(200), text(150));
    scheduler.loaded(nextLoad(), false);
    assertThat(decode()).containsExactly(0);
    assertThat(job.reused()).isZero();
  }

  @Test
  void whatIsInTheCacheIsNotLoaded() {
    Job first = offer(text(200), text(150));
    load();
    decode();
    scheduler.end(first);
    Job second = offer(text(200), text(150));
    assertThat(decode()).containsExactly(199);
    assertThat(second.reused()).isEqualTo(199);
  }

  @Test
  void othersFollowTheOneThatLoads() {
    Job first = offer(text(200), text(150));
    offer(text(220), text(150));
    load();
    // the second waits for what the first is about to compute
    assertThat(decode()).containsExactly(150);
    scheduler.end(first);
    assertThat(decode()).containsExactly(200);
  }

  @Test
  void whoEndsWhileLoadingLeavesItToOthers() {
    Job job = offer(text(200), text(150));
    Load<Job> load = nextLoad();
    scheduler.end(job);
    cache.load(load.sequence(), load.cells().text());
    scheduler.loaded(load, true);
    offer(text(180));
    assertThat(decode()).containsExactly(150);
  }

  @Test
  void whoEndsWhileLoadingFailsLeavesNothing() {
    Job job = offer(text(200), text(150));
    Load<Job> load = nextLoad();
    scheduler.end(job);
    scheduler.loaded(load, false);
    assertThat(scheduler.cellsUsed()).isZero();
    offer(text(180));
    assertThat(decode()).containsExactly(0);
  }

  @Test
  void aNewCacheBeginsAnew() {
    offer(text(200), text(150));
    scheduler.loaded(nextLoad(), false);
    scheduler.reset();
    cache = new SimulatedCache(config);
    assertThat(decode()).containsExactly(0);
  }

  @Test
  void whatDoesNotFitIsComputed() {
    use(config(300, false));
    Job running = offer(branch(0, 80));
    decode();
    scheduler.accepted(running, 1);
    Job job = offer(text(100), branch(90, 250));
    assertThat(decode()).containsExactly(0);
    assertThat(job.reused()).isZero();
  }

  @Test
  void keptSequencesMakeRoom() {
    use(config(300, false));
    scheduler.end(offer(branch(0, 80)));
    Job ended = offer(branch(1, 80));
    decode();
    scheduler.end(ended);
    offer(text(100), branch(90, 250));
    load();
    assertThat(decode()).containsExactly(90);
  }

  @Test
  void whatEndedJobsLeaveIsTakenOnce() {
    Job job = offer(text(100));
    decode();
    assertThat(scheduler.takeKept(1_000)).isEmpty();
    scheduler.end(job);
    assertThat(scheduler.takeKept(99)).isEmpty();
    KeptCells kept = scheduler.takeKept(100).orElseThrow();
    kept.operations().forEach(cache::carryOut);
    assertThat(kept.cells().text().tokens()).isEqualTo(text(100));
    assertThat(kept.cells().prefilled()).isEqualTo(100);
    assertThat(cache.length(kept.sequence())).isEqualTo(100);
    assertThat(scheduler.takeKept(1_000)).isEmpty();
  }

  @Test
  void whatSomebodyTakesOverIsNotTakenBefore() {
    Job job = offer(text(100));
    decode();
    scheduler.end(job);
    Job next = offer(text(150));
    decode();
    assertThat(scheduler.takeKept(1_000)).isEmpty();
    scheduler.end(next);
    assertThat(scheduler.takeKept(1_000).orElseThrow().cells().length()).isEqualTo(150);
  }

  @Test
  void inReproducibleModeOnlyPrefilledCellsAreLeft() {
    use(config(1_000, true));
    Job job = offer(text(64));
    decode();
    decode();
    scheduler.accepted(job, 1);
    decode();
    scheduler.accepted(job, 2);
    scheduler.end(job);
    KeptCells kept = scheduler.takeKept(1_000).orElseThrow();
    assertThat(kept.cells().length()).isEqualTo(64);
    assertThat(kept.cells().prefilled()).isEqualTo(64);
  }
}
