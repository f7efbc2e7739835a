package dev.llamastream.server.internal.models;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llamastream.server.internal.models.Residency.Step;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The rules of {@link Residency}, by a clock of the test's own. */
class ResidencyTest {

  private static final long STAY = 100;
  private static final long IDLE = 1_000;
  private static final long LOAD = 10;

  /** Budget 10: three of these fit, or the large one beside one of them. */
  private final Place<String> a = new Place<>(3);

  private final Place<String> b = new Place<>(3);
  private final Place<String> c = new Place<>(3);
  private final Place<String> large = new Place<>(7);
  private final List<String> granted = new ArrayList<>();
  private final Set<String> gone = new HashSet<>();
  private final Residency<String> residency =
      new Residency<>(
          10,
          STAY,
          IDLE,
          List.of(a, b, c, large),
          (_, request) -> !gone.contains(request) && granted.add(request));
  private long now;

  @Test
  void loadsAModelForItsFirstRequestAndGrantsAllThatWait() {
    residency.enter(a, "1", now);
    residency.enter(a, "2", now);

    assertThat(residency.next(now)).isEqualTo(new Step.Load<>(a));
    residency.enter(a, "3", now);
    assertThat(granted).isEmpty();
    finishLoad(a);

    assertThat(residency.next(now)).isEqualTo(new Step.Await<>(Residency.NEVER));
    assertThat(granted).containsExactly("1", "2", "3");
    residency.enter(a, "4", now);
    assertThat(granted).contains("4");
    assertThat(a.users).isEqualTo(4);
  }

  @Test
  void unloadsTheLeastRecentlyUsedModelThatIsIdle() {
    use(a);
    now += 1;
    use(b);
    now += 1;
    use(c);
    now += STAY;
    use(a);
    residency.enter(large, "big", now);

    // a was used last, and may stay beside the large one
    assertThat(residency.next(now)).isEqualTo(new Step.Unload<>(b));
    residency.unloaded(b);
    assertThat(residency.next(now)).isEqualTo(new Step.Unload<>(c));
    residency.unloaded(c);
    assertThat(residency.next(now)).isEqualTo(new Step.Load<>(large));
    assertThat(a.loaded()).isTrue();
  }

  @Test
  void neverUnloadsAModelInUse() {
    load(large);
    now += 10 * STAY;
    load(a);
    now += 10 * STAY;
    residency.enter(b, "b", now);

    // the large one was used longest ago, but both are in use
    assertThat(residency.next(now)).isEqualTo(new Step.Await<>(Residency.NEVER));
    residency.leave(a, now);
    assertThat(residency.next(now)).isEqualTo(new Step.Unload<>(a));
  }

  @Test
  void aModelThatMustMakeRoomTakesNoMoreRequests() {
    load(large);
    load(a);
    now += STAY;
    residency.enter(b, "b", now);
    assertThat(residency.next(now)).isInstanceOf(Step.Await.class);
    Place<String> victim = large.draining ? large : a;
    granted.clear();
    residency.enter(victim, "late", now);
    residency.next(now);
    assertThat(granted).isEmpty();

    residency.leave(victim, now);
    assertThat(residency.next(now)).isEqualTo(new Step.Unload<>(victim));
    residency.unloaded(victim);
    assertThat(residency.next(now)).isEqualTo(new Step.Load<>(b));
    finishLoad(b);
    residency.next(now);
    assertThat(granted).containsExactly("b");
  }

  @Test
  void requestsAreServedAgainWhenTheOneThatNeededRoomGivesUp() {
    load(large);
    now += STAY;
    residency.enter(large, "more", now);
    load(a);
    now += STAY;
    residency.enter(b, "b", now);
    residency.next(now);
    Place<String> victim = large.draining ? large : a;
    granted.clear();
    residency.enter(victim, "late", now);

    residency.giveUp(b, "b");
    residency.next(now);

    assertThat(granted).containsExactly("late");
    assertThat(victim.draining).isFalse();
  }

  @Test
  void aFreshModelStaysForItsTime() {
    use(large);
    residency.enter(a, "fits", now);
    assertThat(residency.next(now)).isEqualTo(new Step.Load<>(a));
    finishLoad(a);
    residency.next(now);
    residency.leave(a, now);
    long kept = large.keptUntil;
    residency.enter(b, "b", now);

    // both are idle and fresh: the earlier one would be enough
    assertThat(residency.next(now)).isEqualTo(new Step.Await<>(kept));
    granted.clear();
    residency.enter(large, "meanwhile", now);
    assertThat(granted).containsExactly("meanwhile");
    residency.leave(large, now);
    now = Math.max(kept, a.keptUntil);
    assertThat(residency.next(now)).isInstanceOf(Step.Unload.class);
  }

  @Test
  void aModelThatLoadsSlowlyStaysForAsLong() {
    residency.enter(large, "1", now);
    residency.next(now);
    now += 5_000;
    residency.loaded(large, 5_000, now);
    residency.next(now);
    residency.leave(large, now);
    residency.enter(a, "a", now);
    load(a);
    residency.leave(a, now);

    assertThat(large.keptUntil - now).isGreaterThan(4_000);
  }

  /** Each wants its model again as soon as it has its answer, which takes one tick. */
  @ParameterizedTest
  @ValueSource(ints = {2, 3, 20})
  void clientsThatAlternateDoNotThrash(int clients) {
    Place<String> one = new Place<>(6);
    Place<String> other = new Place<>(6);
    List<Place<String>> answered = new ArrayList<>();
    List<Place<String>> running = new ArrayList<>();
    Residency<String> models =
        new Residency<>(
            10, STAY, Residency.NEVER, List.of(one, other), (place, _) -> running.add(place));
    for (int i = 0; i < clients; i++) {
      models.enter(i % 2 == 0 ? one : other, "client " + i, 0);
    }
    int loads = 0;
    long end = 100 * STAY;
    for (long time = 0; time < end; ) {
      switch (models.next(time)) {
        case Step.Load<String>(Place<String> place) -> {
          loads++;
          time += LOAD;
          models.loaded(place, LOAD, time);
        }
        case Step.Unload<String>(Place<String> place) -> models.unloaded(place);
        case Step.Await<String> _ -> {
          time++;
          List<Place<String>> done = List.copyOf(running);
          running.clear();
          for (Place<String> place : done) {
            answered.add(place);
            models.leave(place, time);
            models.enter(place, "again " + time + answered.size(), time);
          }
        }
      }
    }

    assertThat(loads).isBetween(20, 100);
    long ofOne = answered.stream().filter(place -> place.equals(one)).count();
    assertThat(ofOne).isBetween(answered.size() / 3L, answered.size() * 2L / 3);
  }

  @Test
  void aModelThatFitsBesideAllNeedNotWaitForItsTurn() {
    load(large);
    now += STAY;
    residency.enter(large, "still", now);
    Place<String> huge = new Place<>(9);
    Residency<String> models =
        new Residency<>(
            10, STAY, IDLE, List.of(large, huge, a), (_, request) -> granted.add(request));
    models.enter(huge, "huge", now);
    models.enter(a, "small", now);

    // the huge one waits for the large one, and would wait for the small one too
    assertThat(models.next(now)).isInstanceOf(Step.Await.class);
    assertThat(a.state).isEqualTo(Place.State.ABSENT);

    models.giveUp(huge, "huge");
    assertThat(models.next(now)).isEqualTo(new Step.Load<>(a));
  }

  @Test
  void unloadsWhatNobodyUses() {
    load(a);
    now += 10 * IDLE;
    assertThat(residency.next(now)).isInstanceOf(Step.Await.class);

    residency.leave(a, now);
    assertThat(residency.next(now)).isEqualTo(new Step.Await<>(now + IDLE));
    now += IDLE;
    assertThat(residency.next(now)).isEqualTo(new Step.Unload<>(a));
  }

  @Test
  void whatGrowsMakesIdleModelsGo() {
    load(large);
    use(a);
    assertThat(residency.grow(large, 11)).isFalse();
    assertThat(residency.next(now)).isInstanceOf(Step.Await.class);

    assertThat(residency.grow(large, 8)).isTrue();
    assertThat(residency.next(now)).isEqualTo(new Step.Unload<>(a));
    residency.unloaded(a);
    assertThat(residency.next(now)).isEqualTo(new Step.Await<>(Residency.NEVER));

    residency.enter(a, "a", now); // waits: there are 2 left
    assertThat(residency.next(now)).isInstanceOf(Step.Await.class);
    residency.leave(large, now);
    now = large.keptUntil;
    assertThat(residency.next(now)).isEqualTo(new Step.Unload<>(large));
    residency.unloaded(large);
    assertThat(large.need).isEqualTo(7);
  }

  @Test
  void aFailedLoadFailsAllThatWaitAndPoisonsNothing() {
    residency.enter(a, "1", now);
    residency.enter(a, "2", now);
    residency.next(now);

    assertThat(residency.failed(a, now)).containsExactly("1", "2");

    assertThat(residency.fails(a, now)).isFalse(); // it fits: it may try again at once
    residency.enter(a, "3", now);
    assertThat(residency.next(now)).isEqualTo(new Step.Load<>(a));
  }

  @Test
  void aModelThatFailedDoesNotPushOthersOutAtOnce() {
    residency.enter(large, "1", now);
    residency.next(now);
    residency.failed(large, now);
    use(a);
    use(b);

    assertThat(residency.fails(large, now)).isTrue();
    now += STAY;
    assertThat(residency.fails(large, now)).isFalse();
  }

  @Test
  void aRequestThatGaveUpIsNoUser() {
    residency.enter(a, "1", now);
    residency.next(now);
    gone.add("1");
    finishLoad(a);
    residency.next(now);

    assertThat(a.users).isZero();
    assertThat(a.idle()).isTrue();
  }

  /** Whatever happens, the budget holds, nothing in use is unloaded, and everybody is served. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void randomSchedules(long seed) {
    Random random = new Random(seed);
    List<Place<String>> places = List.of(a, b, c, large);
    List<Place<String>> running = new ArrayList<>();
    Residency<String> models =
        new Residency<>(10, STAY, IDLE, places, (place, _) -> running.add(place));
    int asked = 0;
    int served = 0;
    for (int i = 0; i < 20_000 || served < asked; i++) {
      if (i < 20_000 && random.nextInt(4) == 0) {
        models.enter(places.get(random.nextInt(4)), "request " + asked++, now);
      }
      switch (models.next(now)) {
        case Step.Load<String>(Place<String> place) -> {
          now += random.nextInt(50);
          models.loaded(place, 0, now);
        }
        case Step.Unload<String>(Place<String> place) -> {
          assertThat(running).doesNotContain(place);
          models.unloaded(place);
        }
        case Step.Await<String> _ -> now += 1 + random.nextInt(20);
      }
      assertThat(places.stream().filter(Place::loaded).mapToLong(place -> place.need).sum())
          .isLessThanOrEqualTo(10);
      if (!running.isEmpty() && random.nextInt(3) > 0) {
        models.leave(running.remove(random.nextInt(running.size())), now);
        served++;
      }
      assertThat(i).isLessThan(200_000); // else somebody waits for ever
    }
  }

  private void finishLoad(Place<String> place) {
    now += LOAD;
    residency.loaded(place, LOAD, now);
  }

  /** Loads a model for a request that stays. */
  private void load(Place<String> place) {
    residency.enter(place, "user of " + place.need + " " + now, now);
    Step<String> step = residency.next(now);
    if (step.equals(new Step.Load<>(place))) {
      finishLoad(place);
      residency.next(now);
    }
    assertThat(place.users).isPositive();
  }

  private void use(Place<String> place) {
    load(place);
    residency.leave(place, now);
  }
}
