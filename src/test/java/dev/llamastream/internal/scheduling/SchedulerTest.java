package dev.llamastream.internal.scheduling;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llamastream.fixture.Prompts;
import dev.llamastream.internal.scheduling.Step.Operation;
import dev.llamastream.internal.scheduling.Step.Operation.Copy;
import dev.llamastream.internal.scheduling.Step.Operation.Truncate;
import dev.llamastream.internal.scheduling.Step.Slice;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * What the scheduler is meant to do, case by case; {@link SchedulerSimulationTest} has the rest.
 */
class SchedulerTest {

  private static final int GENERATED = 9_999;

  private SchedulerConfig config = config(4, 1_000, 64, 32);
  private Scheduler<Job> scheduler = new Scheduler<>(config);
  private SimulatedCache cache = new SimulatedCache(config);
  private int decoded;

  private static SchedulerConfig config(int slots, int cells, int batchSize, int prefillChunk) {
    return new SchedulerConfig(
        slots, 40, cells, 60, true, true, true, cells, batchSize, prefillChunk, false, 32, 0);
  }

  private void use(SchedulerConfig other) {
    config = other;
    scheduler = new Scheduler<>(config);
    cache = new SimulatedCache(config);
  }

  /** So many tokens from this one on. */
  private static int[] text(int first, int length) {
    return IntStream.range(first, first + length).toArray();
  }

  /** One text behind the other. */
  private static int[] join(int[] text, int[] other) {
    return IntStream.concat(Arrays.stream(text), Arrays.stream(other)).toArray();
  }

  private Job offer(int priority, int... prompt) {
    Job job = new Job(Prompts.prompt(prompt), priority, true) {};
    assertThat(scheduler.offer(job)).isTrue();
    return job;
  }

  /** Decodes a step; whoever has an output goes on. */
  private Step<Job> step() {
    Step<Job> step = scheduler.next();
    step.operations().forEach(cache::carryOut);
    List<Job> outputs = new ArrayList<>();
    for (Slice<Job> slice : step.slices()) {
      if (slice.outputs() > 0) {
        outputs.add(slice.job());
      }
    }
    cache.decode(step.slices(), step.tokens());
    scheduler.computed(step);
    decoded += step.tokens();
    outputs.forEach(job -> scheduler.accepted(job, GENERATED));
    return step;
  }

  /** Who decodes, and how much. */
  private static List<Integer> lengths(Step<Job> step, Job... jobs) {
    return Arrays.stream(jobs)
        .map(
            job ->
                step.slices().stream()
                    .filter(slice -> slice.job().equals(job))
                    .mapToInt(Slice::length)
                    .sum())
        .toList();
  }

  @Test
  void chunksOfPromptsAndTokensTakeTurns() {
    Job first = stepped(text(0, 10));
    Job second = offer(0, text(100, 50));
    assertThat(lengths(step(), first, second)).containsExactly(0, 32);
    assertThat(lengths(step(), first, second)).containsExactly(1, 0);
    assertThat(lengths(step(), first, second)).containsExactly(0, 18);
    assertThat(lengths(step(), first, second)).containsExactly(1, 1);
  }

  @Test
  void shortPromptsGoTogetherBeforeTheTokensOfOthers() {
    Job first = stepped(text(0, 10));
    Job second = offer(0, text(100, 20));
    assertThat(lengths(step(), first, second)).containsExactly(0, 20);
    Job third = offer(0, text(200, 20));
    assertThat(lengths(step(), first, second, third)).containsExactly(0, 0, 12);
    assertThat(lengths(step(), first, second, third)).containsExactly(1, 1, 0);
    assertThat(lengths(step(), first, second, third)).containsExactly(0, 0, 8);
  }

  @Test
  void nobodyGeneratesSoAPromptHasTheWholeBatch() {
    Job only = offer(0, text(0, 100));
    assertThat(lengths(step(), only)).containsExactly(64);
    assertThat(lengths(step(), only)).containsExactly(36);
  }

  @Test
  void runningStreamsShareTheirPrefix() {
    Job first = stepped(text(0, 50));
    step();
    Job second = offer(0, join(text(0, 40), text(500, 5)));
    Step<Job> step = step();
    assertThat(step.operations()).hasSize(1).first().isInstanceOf(Copy.class);
    assertThat(((Copy) step.operations().getFirst()).position()).isEqualTo(40);
    assertThat(lengths(step, first, second)).containsExactly(0, 5);
    assertThat(second.reused()).isEqualTo(40);
    assertThat(scheduler.cellsUsed()).isEqualTo(51 + 5);
  }

  @Test
  void followersWaitForTheirLeadersPrefill() {
    Job leader = offer(0, text(0, 200));
    Job follower = offer(0, join(text(0, 190), text(500, 5)));
    Job stranger = offer(0, text(300, 10));
    for (int i = 0; i < 3; i++) {
      assertThat(lengths(step(), leader, follower, stranger)).containsExactly(64, 0, 0);
    }
    assertThat(lengths(step(), leader, follower, stranger)).containsExactly(8, 5, 10);
    assertThat(follower.reused()).isEqualTo(190);
  }

  @Test
  void followersOfAnEndedLeaderGoOnFromWhereItWas() {
    Job leader = offer(0, text(0, 100));
    Job follower = offer(0, join(text(0, 90), text(500, 5)));
    step();
    scheduler.end(leader);
    assertThat(lengths(step(), follower)).containsExactly(31);
    assertThat(follower.reused()).isEqualTo(64);
  }

  @Test
  void thirtyTwoThatShareAPrefixComputeItOnce() {
    use(config(32, 4_096, 2_048, 256));
    for (int i = 0; i < 32; i++) {
      offer(0, join(text(0, 512), text(1_000 + 10 * i, 10)));
    }
    while (scheduler.jobs().stream().anyMatch(job -> job.size() == job.prompt().length())) {
      List<Job> before = scheduler.jobs();
      step();
      before.stream().filter(job -> job.size() > job.prompt().length()).forEach(scheduler::end);
    }
    assertThat(decoded).isEqualTo(512 + 32 * 10);
  }

  @Test
  void whatAJobLeavesIsTakenOver() {
    int[] prompt = text(0, 50);
    scheduler.end(stepped(prompt));
    Job next = offer(0, join(prompt, text(500, 5)));
    Step<Job> step = step();
    assertThat(step.operations()).isEmpty();
    assertThat(lengths(step, next)).containsExactly(5);
    assertThat(scheduler.cellsUsed()).isEqualTo(55);
  }

  @Test
  void whatOthersMayNeedIsCopied() {
    scheduler.end(stepped(text(0, 50)));
    offer(0, join(text(0, 40), text(500, 5)));
    assertThat(step().operations()).hasSize(1).first().isInstanceOf(Copy.class);
    assertThat(scheduler.cellsUsed()).isEqualTo(55);
  }

  private Job stepped(int... prompt) {
    Job job = offer(0, prompt);
    step();
    return job;
  }

  @Test
  void leastRecentlyUsedGoesFirst() {
    use(config(4, 120, 64, 32));
    Job first = stepped(text(0, 40));
    step();
    Job second = stepped(text(100, 40));
    int secondId = sequence(second);
    scheduler.end(first);
    scheduler.end(second);
    scheduler.end(stepped(text(0, 41)));
    Job large = offer(0, text(300, 60));
    assertThat(step().operations()).containsExactly(new Truncate(secondId, 0));
    assertThat(lengths(scheduler.next(), large)).containsExactly(1);
  }

  private static int sequence(Job job) {
    Sequence sequence = job.sequence;
    assertThat(sequence).isNotNull();
    return sequence.id;
  }

  @Test
  void newestIsPausedAndComputesItsTokensAgain() {
    use(config(2, 100, 64, 32));
    Job first = offer(0, text(0, 30));
    Job second = offer(0, text(100, 30));
    do {
      step();
    } while (second.state != Job.State.WAITING);
    assertThat(first.size() + second.size()).isEqualTo(103);
    assertThat(lengths(step(), first, second)).containsExactly(1, 0);
    scheduler.end(first);
    assertThat(lengths(step(), second)).containsExactly(second.size() - 1);
    assertThat(second.size()).isEqualTo(52);
  }

  @Test
  void parkedDecodeNothingAndGiveUpTheirCellsBeforeOthersArePaused() {
    use(config(2, 100, 64, 32));
    Job parked = stepped(text(0, 30));
    scheduler.park(parked);
    Job other = offer(0, text(100, 60));
    for (int i = 0; i < 20; i++) {
      assertThat(lengths(step(), parked)).containsExactly(0);
    }
    assertThat(other.state).isEqualTo(Job.State.RUNNING);
    assertThat(parked.computed()).isZero();
    scheduler.end(other);
    scheduler.wake(parked);
    assertThat(lengths(step(), parked)).containsExactly(31);
  }

  @Test
  void aWokenJobGoesOnWhereItWas() {
    Job job = stepped(text(0, 30));
    scheduler.park(job);
    assertThat(step().slices()).isEmpty();
    scheduler.wake(job);
    assertThat(lengths(step(), job)).containsExactly(1);
  }

  @Test
  void higherPrioritiesBeginFirst() {
    use(config(1, 100, 64, 32));
    Job first = offer(0, 1);
    Job second = offer(0, 2);
    Job urgent = offer(5, 3);
    assertThat(step().begun()).containsExactly(urgent);
    scheduler.end(urgent);
    assertThat(step().begun()).containsExactly(first);
    scheduler.end(first);
    assertThat(step().begun()).containsExactly(second);
  }

  @Test
  void aFullQueueRefuses() {
    use(new SchedulerConfig(1, 2, 100, 4, true, true, true, 0, 64, 32, false, 32, 0));
    Job first = offer(0, 1);
    offer(0, 2);
    offer(0, 3);
    assertThat(scheduler.offer(new Job(Prompts.prompt(4), 0, true) {})).isFalse();
    step();
    assertThat(scheduler.queued()).isEqualTo(2);
    assertThat(scheduler.offer(new Job(Prompts.prompt(4), 0, true) {})).isFalse();
    scheduler.end(first);
    offer(0, 5);
  }

  @Test
  void oneTokenInCommonWithALongTextThatWasKeptKeepsNobodyWaiting() {
    use(config(2, 200, 128, 64));
    scheduler.end(stepped(text(0, 120)));
    stepped(text(300, 30));
    Job next = offer(0, join(text(0, 1), text(500, 60)));
    assertThat(step().begun()).containsExactly(next);
  }

  @Test
  void aParkedJobsPrefixKeepsNobodyWaiting() {
    use(new SchedulerConfig(2, 9, 400, 2, false, true, true, 0, 64, 32, false, 32, 0));
    Job parked = stepped(text(0, 40));
    scheduler.park(parked);
    stepped(text(300, 30));
    Job next = offer(0, join(text(0, 40), text(500, 5)));
    assertThat(step().begun()).containsExactly(next);
  }

  @Test
  void newJobsBeginAnewWhereNobodyGenerates() {
    assertThat(scheduler.beginsAnew()).isFalse();
    offer(0, text(0, 10));
    assertThat(scheduler.beginsAnew()).isTrue();
    Job running = scheduler.next().slices().getFirst().job();
    assertThat(scheduler.beginsAnew()).isFalse();
    scheduler.park(running);
    scheduler.wake(running); // it is not new
    assertThat(scheduler.beginsAnew()).isFalse();
    offer(0, text(100, 10));
    offer(0, text(200, 10));
    offer(0, text(300, 10));
    assertThat(scheduler.beginsAnew()).isFalse(); // no slot is left
  }

  private static SchedulerConfig parts() {
    return new SchedulerConfig(4, 9, 400, 4, false, true, true, 400, 64, 32, false, 32, 0);
  }

  @Test
  void promptsWithPartsOfTheCacheGoEquallyFar() {
    use(parts());
    Job first = offer(0, text(0, 10));
    Job second = offer(0, text(100, 11));
    Job third = offer(0, text(200, 13));
    assertThat(lengths(step(), first, second, third)).containsExactly(10, 10, 10);
    assertThat(lengths(step(), first, second, third)).containsExactly(0, 0, 3);
    // what is left of the second is like a token that was generated
    assertThat(lengths(step(), first, second, third)).containsExactly(1, 1, 1);
  }

  @Test
  void aPromptWithAPartOfTheCacheIsNotSlowedDownByThoseBehindIt() {
    use(parts());
    Job first = offer(0, text(0, 60));
    Job second = offer(0, text(100, 60));
    assertThat(lengths(step(), first, second)).containsExactly(60, 0);
    assertThat(lengths(step(), first, second)).containsExactly(0, 32);
  }

  @Test
  void littleInCommonIsNotCopiedToAnotherPartOfTheCache() {
    use(parts());
    scheduler.end(stepped(text(0, 50)));
    Job little = offer(0, join(text(0, 31), text(500, 5)));
    Step<Job> step = step();
    assertThat(step.operations()).noneMatch(Copy.class::isInstance);
    assertThat(lengths(step, little)).containsExactly(36);
    Job more = offer(0, join(text(0, 32), text(600, 5)));
    step = step();
    assertThat(step.operations()).hasAtLeastOneElementOfType(Copy.class);
    assertThat(lengths(step, more)).containsExactly(5);
  }

  /** What would be given up for it all the same costs no copy. */
  @Test
  void thePartThatWasUsedLeastRecentlyIsTakenOverWithWhatIsInCommon() {
    use(parts());
    List<Integer> ids = new ArrayList<>();
    for (int i = 1; i <= 4; i++) {
      Job job = stepped(join(text(0, 20), text(1_000 * i, 5)));
      ids.add(sequence(job));
      scheduler.end(job);
    }

    Job next = offer(0, join(text(0, 20), text(9_000, 5)));
    Step<Job> step = step();
    assertThat(step.operations()).containsExactly(new Truncate(ids.getFirst(), 20));
    assertThat(lengths(step, next)).containsExactly(5);
    Job other = offer(0, join(text(0, 7), text(9_500, 5)));
    step = step();
    assertThat(step.operations()).containsExactly(new Truncate(ids.get(1), 0));
    assertThat(lengths(step, other)).containsExactly(12);
  }

  /** There is no part left for a copy: what is in common is computed once all the same. */
  @Test
  void followersWaitForTheirLeaderThoughAllPartsAreTaken() {
    use(parts());
    for (int i = 1; i <= 4; i++) {
      scheduler.end(stepped(text(1_000 * i, 20)));
    }

    Job leader = offer(0, join(text(0, 40), text(500, 5)));
    Job follower = offer(0, join(text(0, 40), text(600, 5)));
    assertThat(lengths(step(), leader, follower)).containsExactly(45, 0);
    Step<Job> step = step();
    assertThat(step.operations()).hasAtLeastOneElementOfType(Copy.class);
    assertThat(lengths(step, leader, follower)).containsExactly(0, 5);
  }

  @Test
  void partsOfTheCacheAreNotWaitedFor() {
    use(new SchedulerConfig(2, 9, 128, 2, false, true, true, 0, 64, 32, true, 32, 0));
    stepped(text(0, 60));
    step();
    Job large = offer(0, text(300, 60));
    assertThat(step().begun()).containsExactly(large);
  }

  @Test
  void nobodyBeginsWhoWouldBePausedAtOnce() {
    use(config(3, 160, 64, 32));
    Job first = offer(0, text(0, 100));
    Job second = offer(0, text(300, 50));
    assertThat(step().begun()).containsExactly(first);
    scheduler.end(first);
    assertThat(step().begun()).containsExactly(second);
  }

  @Test
  void promptsAndTokensTakeTurnsInReproducibleMode() {
    use(new SchedulerConfig(2, 9, 400, 2, false, true, true, 0, 64, 64, true, 32, 0));
    Job first = stepped(text(0, 10));
    Job second = offer(0, text(300, 70));
    List<List<Integer>> steps =
        IntStream.range(0, 6).mapToObj(i -> lengths(step(), first, second)).toList();
    assertThat(steps)
        .containsExactly(
            List.of(0, 32),
            List.of(1, 0),
            List.of(0, 32),
            List.of(1, 0),
            List.of(0, 6),
            List.of(1, 1));
  }

  @Test
  void afterAResetAllBeginAgain() {
    Job active = stepped(text(0, 30));
    step();
    Job parked = stepped(text(100, 30));
    scheduler.park(parked);
    scheduler.reset();
    cache = new SimulatedCache(config);
    assertThat(scheduler.cellsUsed()).isZero();
    assertThat(lengths(step(), active, parked)).containsExactly(active.size() - 1, 0);
    step();
    scheduler.wake(parked);
    assertThat(lengths(step(), active, parked)).containsExactly(0, 31);
  }

  @Test
  void aStoppedDecodeIsForgotten() {
    Job job = offer(0, text(0, 30));
    Step<Job> step = scheduler.next();
    Operation forget = new Truncate(step.slices().getFirst().sequence(), 0);
    scheduler.failed(step);
    step = step();
    assertThat(step.operations()).containsExactly(forget);
    assertThat(lengths(step, job)).containsExactly(30);
  }
}
