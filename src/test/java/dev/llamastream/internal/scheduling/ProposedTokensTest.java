package dev.llamastream.internal.scheduling;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llamastream.fixture.Prompts;
import dev.llamastream.internal.prompt.CacheKey;
import dev.llamastream.internal.prompt.EncodedPrompt;
import dev.llamastream.internal.scheduling.Step.Operation.Truncate;
import dev.llamastream.internal.scheduling.Step.Slice;
import org.junit.jupiter.api.Test;

/** Slices with several outputs, of which fewer may be accepted than were asked for. */
class ProposedTokensTest {

  private Scheduler<Job> scheduler = scheduler(1_000, true, true, false);

  private static Scheduler<Job> scheduler(
      int cells, boolean shared, boolean forgetsInPart, boolean reproducible) {
    return new Scheduler<>(
        new SchedulerConfig(
            2, 8, cells, 2, shared, forgetsInPart, true, cells, 64, 64, reproducible, 32, 4));
  }

  /** A job that has a prompt of three tokens in the cache, and has got a fourth. */
  private Job generating(int... prompt) {
    Job job = new Job(Prompts.prompt(prompt), 0, true) {};
    assertThat(scheduler.offer(job)).isTrue();
    scheduler.computed(scheduler.next());
    scheduler.accepted(job, 4);
    return job;
  }

  @Test
  void areDecodedTogetherWithTheLastTokenAndAllHaveOutputs() {
    Job job = generating(1, 2, 3);
    job.propose(5, 6, 7);
    Step<Job> step = scheduler.next();
    assertThat(step.slices()).containsExactly(new Slice<>(job, 0, 3, 7, 4));
    assertThat(step.slices().getFirst().firstOutput()).isEqualTo(3);
    assertThat(job.token(3)).isEqualTo(4);
    assertThat(job.token(6)).isEqualTo(7);
  }

  @Test
  void cellsOfThoseThatDidNotComeTrueAreForgotten() {
    Job job = generating(1, 2, 3);
    job.propose(5, 6, 7);
    scheduler.computed(scheduler.next());
    scheduler.accepted(job, 5, 9);
    assertThat(job.text().tokens()).containsExactly(1, 2, 3, 4, 5, 9);
    assertThat(scheduler.cellsUsed()).isEqualTo(5);
    Step<Job> next = scheduler.next();
    assertThat(next.operations()).containsExactly(new Truncate(0, 5));
    assertThat(next.slices()).containsExactly(new Slice<>(job, 0, 5, 6, 1));
  }

  @Test
  void ifAllComeTrueNothingIsForgotten() {
    Job job = generating(1, 2, 3);
    job.propose(5, 6);
    scheduler.computed(scheduler.next());
    scheduler.accepted(job, 5, 6, 7);
    Step<Job> next = scheduler.next();
    assertThat(next.operations()).isEmpty();
    assertThat(next.slices()).containsExactly(new Slice<>(job, 0, 6, 7, 1));
  }

  @Test
  void fewerMayBeAcceptedThanCameTrue() {
    Job job = generating(1, 2, 3);
    job.propose(5, 6, 7);
    scheduler.computed(scheduler.next());
    scheduler.accepted(job, 5);
    assertThat(scheduler.cellsUsed()).isEqualTo(4);
    assertThat(scheduler.next().operations()).containsExactly(new Truncate(0, 4));
  }

  @Test
  void belongToNoTextThatIsKept() {
    Job job = generating(1, 2, 3);
    job.propose(5, 6, 7);
    Step<Job> step = scheduler.next();
    scheduler.end(job);
    scheduler.computed(step);
    assertThat(scheduler.cellsUsed()).isEqualTo(4);
  }

  @Test
  void areComputedAgainAfterAStop() {
    Job job = generating(1, 2, 3);
    job.propose(5, 6, 7);
    scheduler.stopped(scheduler.next(), new int[] {6});
    Step<Job> next = scheduler.next();
    assertThat(next.operations()).containsExactly(new Truncate(0, 3));
    assertThat(next.slices()).containsExactly(new Slice<>(job, 0, 3, 7, 4));
  }

  @Test
  void areNoMoreThanTheConfigurationAllows() {
    Job job = generating(1, 2, 3);
    job.propose(5, 6, 7, 8, 9, 10);
    assertThat(scheduler.next().slices()).containsExactly(new Slice<>(job, 0, 3, 8, 5));
  }

  @Test
  void doNotExceedTheCellsOfASequence() {
    scheduler = scheduler(12, false, true, false);
    Job job = generating(1, 2, 3);
    job.propose(5, 6, 7);
    assertThat(scheduler.next().slices()).containsExactly(new Slice<>(job, 0, 3, 6, 3));
  }

  @Test
  void giveWayBeforeAJobIsPaused() {
    scheduler = scheduler(40, true, true, false);
    Job first = generating(1, 2, 3);
    Job second = generating(11, 12, 13);
    while (scheduler.cellsUsed() < 38) {
      scheduler.computed(scheduler.next());
      scheduler.accepted(first, 7);
      scheduler.accepted(second, 7);
    }
    first.propose(5, 6, 7);
    second.propose(5, 6, 7);
    Step<Job> step = scheduler.next();
    assertThat(step.slices()).extracting(Slice::job).containsExactlyInAnyOrder(first, second);
    assertThat(step.slices()).extracting(Slice::outputs).containsExactly(1, 1);
  }

  @Test
  void areNotDecodedWhereTheCacheCannotForgetThem() {
    scheduler = scheduler(1_000, true, false, false);
    Job job = generating(1, 2, 3);
    job.propose(5, 6);
    assertThat(scheduler.next().slices()).containsExactly(new Slice<>(job, 0, 3, 4, 1));
  }

  @Test
  void areNotDecodedWhereResultsMustBeReproducible() {
    scheduler = scheduler(1_000, false, true, true);
    Job job = generating(1, 2, 3);
    job.propose(5, 6);
    assertThat(scheduler.next().slices()).containsExactly(new Slice<>(job, 0, 3, 4, 1));
  }

  @Test
  void promptsComputedWithSomethingElseShareNothing() {
    int[] ids = new int[40];
    Job one = new Job(EncodedPrompt.ofTokens(new CacheKey("one"), ids), 0, true) {};
    Job same = new Job(EncodedPrompt.ofTokens(new CacheKey("one"), ids), 0, true) {};
    Job other = new Job(EncodedPrompt.ofTokens(new CacheKey("other"), ids), 0, true) {};
    scheduler.offer(one);
    scheduler.computed(scheduler.next());
    scheduler.end(one);
    scheduler.offer(same);
    scheduler.offer(other);
    scheduler.next();
    assertThat(same.reused()).isEqualTo(39);
    assertThat(other.reused()).isZero();
  }
}
