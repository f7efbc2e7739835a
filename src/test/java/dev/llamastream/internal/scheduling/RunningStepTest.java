package dev.llamastream.internal.scheduling;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llamastream.fixture.Prompts;
import dev.llamastream.internal.scheduling.Step.Slice;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Jobs that end while they are decoded: when the step is stopped, and what is left then. */
class RunningStepTest {

  private static final int MICRO_BATCH = 32;

  private Scheduler<Job> scheduler = scheduler(true, 4);

  private static Scheduler<Job> scheduler(boolean forgetsInPart, int slots) {
    return new Scheduler<>(
        new SchedulerConfig(
            slots, 1, 4_000, 8, true, forgetsInPart, true, 4_000, 400, 400, false, MICRO_BATCH, 0));
  }

  /** A job with a prompt of so many tokens that nobody else has. */
  private Job offer(int length) {
    int[] prompt = new int[length];
    Arrays.setAll(prompt, i -> System.identityHashCode(prompt) + i);
    Job job = new Job(Prompts.prompt(prompt), 0, true) {};
    assertThat(scheduler.offer(job)).isTrue();
    return job;
  }

  private static int length(Step<Job> step, Job job) {
    return step.slices().stream()
        .filter(slice -> slice.job().equals(job))
        .mapToInt(Slice::length)
        .sum();
  }

  /** Decodes all prompts, and has all jobs generate. */
  private void generateAll(Job... jobs) {
    scheduler.computed(scheduler.next());
    for (Job job : jobs) {
      scheduler.accepted(job, 7);
    }
  }

  @Test
  void isStoppedWhenNobodyElseIsInIt() {
    Job job = offer(100);
    Step<Job> step = scheduler.next();
    assertThat(scheduler.worthStopping()).isFalse();
    scheduler.end(job);
    assertThat(scheduler.worthStopping()).isTrue();
    assertThat(scheduler.jobs()).isEmpty();
    scheduler.stopped(step, new int[] {0});
    assertThat(scheduler.worthStopping()).as("a step that is over").isFalse();
    assertThat(scheduler.cellsUsed()).isZero();
  }

  @Test
  void isStoppedForThoseWithMostOfIt() {
    Job small = offer(MICRO_BATCH);
    Job large = offer(MICRO_BATCH + 1);
    scheduler.next();
    scheduler.end(large);
    assertThat(scheduler.worthStopping()).isTrue();
    assertThat(scheduler.has(small)).isTrue();
  }

  @Test
  void isNotStoppedForAFewTokens() {
    offer(300);
    Job small = offer(MICRO_BATCH - 1);
    scheduler.next();
    scheduler.end(small);
    assertThat(scheduler.worthStopping()).isFalse();
  }

  @Test
  void isStoppedForAMicroBatchOfManyTokens() {
    offer(300);
    Job small = offer(MICRO_BATCH);
    scheduler.next();
    scheduler.end(small);
    assertThat(scheduler.worthStopping()).isTrue();
  }

  @Test
  void othersLoseTokensOnlyOnceInARow() {
    Job going = offer(60);
    scheduler.end(startedWith(60));
    assertThat(scheduler.worthStopping()).isTrue();
    scheduler.stopped(running, new int[] {0, 0});

    Job second = startedWith(60);
    assertThat(length(running, going)).isEqualTo(60);
    scheduler.end(second);
    assertThat(scheduler.worthStopping()).as("twice").isFalse();
    scheduler.end(going);
    assertThat(scheduler.worthStopping()).as("for nobody").isTrue();
  }

  private Step<Job> running;

  private Job startedWith(int length) {
    Job job = offer(length);
    running = scheduler.next();
    return job;
  }

  @Test
  void aTokenOfEachIsStoppedForAllOnly() {
    Job[] jobs = {offer(10), offer(10), offer(10), offer(10)};
    generateAll(jobs);
    Step<Job> step = scheduler.next();
    assertThat(step.slices()).hasSize(4).allMatch(Slice::generates);
    for (Job job : jobs) {
      assertThat(scheduler.worthStopping()).isFalse();
      scheduler.end(job);
    }
    assertThat(scheduler.worthStopping()).isTrue();
  }

  @Test
  void memoryThatCannotForgetInPartIsStoppedOnlyIfNobodyLoses() {
    scheduler = scheduler(false, 4);
    Job generating = offer(10);
    generateAll(generating);
    scheduler.computed(scheduler.next());
    scheduler.park(generating);
    Job job = startedWith(20);
    assertThat(running.slices()).hasSize(1);
    scheduler.end(job);
    assertThat(scheduler.worthStopping()).as("another has something there").isFalse();
    scheduler.end(generating);
    assertThat(scheduler.worthStopping()).isTrue();
  }

  @Test
  void memoryThatCannotForgetInPartTakesAMicroBatchAtATime() {
    scheduler = scheduler(false, 4);
    offer(300);
    assertThat(scheduler.next().tokens()).isEqualTo(MICRO_BATCH);
  }

  @Test
  void whatIsWholeIsNotComputedAgain() {
    Job going = offer(150);
    Job ended = offer(200);
    Step<Job> step = scheduler.next();
    scheduler.end(ended);
    scheduler.stopped(step, new int[] {3 * MICRO_BATCH, 0});
    step = scheduler.next();
    assertThat(length(step, going)).isEqualTo(150 - 3 * MICRO_BATCH);
    assertThat(length(step, ended)).isZero();
  }

  @Test
  void anOutputThatIsLostIsComputedAgain() {
    Job going = offer(20);
    Job ended = offer(200);
    Step<Job> step = scheduler.next();
    scheduler.end(ended);
    scheduler.stopped(step, new int[] {20, 12});
    step = scheduler.next();
    assertThat(length(step, going)).isEqualTo(1);
  }

  @Test
  void aWaitingJobLeavesItsPlaceAtOnce() {
    scheduler = scheduler(true, 1);
    offer(100);
    scheduler.next();
    Job waiting = offer(5);
    assertThat(scheduler.offer(new Job(Prompts.prompt(0), 0, true) {})).isFalse();
    scheduler.end(waiting);
    offer(5);
    assertThat(scheduler.waiting()).isEqualTo(1);
  }

  @Test
  void aJobThatEndsWhileItIsDecodedLeavesWhatItComputed() {
    Job ended = offer(100);
    Step<Job> step = scheduler.next();
    scheduler.end(ended);
    scheduler.computed(step);
    Job same = new Job(ended.prompt(), 0, true) {};
    scheduler.offer(same);
    assertThat(scheduler.next().tokens()).isEqualTo(1);
    assertThat(same.reused()).isEqualTo(99);
  }
}
