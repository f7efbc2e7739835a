package dev.llamastream.server.internal.models;

import dev.llamastream.server.internal.models.Place.State;
import dev.llamastream.server.internal.models.Place.Waiting;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.BiPredicate;

/**
 * Decides which models are in memory. It has no threads and no clock: its caller says what happened
 * and when, and carries out one {@link Step} after the other. Times are in nanoseconds. Not
 * thread-safe.
 *
 * <p>The rules:
 *
 * <ul>
 *   <li>All models in memory together fit the budget when one is loaded. One that grows later may
 *       exceed it; then idle models are unloaded, and others as soon as they are idle. A model in
 *       use is never unloaded.
 *   <li>The model whose request has waited longest is loaded next. The models that are unloaded for
 *       it are idle ones, then others, the least recently used first.
 *   <li>A model stays for a minimum time, or for as long as its load took, if that is longer. All
 *       its requests of that time are served. So clients that alternate between models which do not
 *       fit together cannot make the server load at every request.
 *   <li>After that time, a model that must make room takes no more requests. Those that run end in
 *       peace; the others wait until the model is loaded again.
 *   <li>A model that fits into the free memory may be loaded out of turn, if that delays no other.
 *   <li>A model that could not be loaded does not push others out for the minimum time.
 * </ul>
 *
 * @param <T> a request for a model
 */
final class Residency<T> {

  /** What to do next. */
  sealed interface Step<T> {

    /** Load the model; then call {@link Residency#loaded} or {@link Residency#failed}. */
    record Load<T>(Place<T> place) implements Step<T> {}

    /** Unload the model; then call {@link Residency#unloaded}. */
    record Unload<T>(Place<T> place) implements Step<T> {}

    /** Ask again when something has happened, and at this time at the latest. */
    record Await<T>(long until) implements Step<T> {}
  }

  /** No time. */
  static final long NEVER = Long.MAX_VALUE;

  private final long budget;
  private final long minStay;
  private final long idleLimit;
  private final List<Place<T>> places;
  private final BiPredicate<Place<T>, T> grant;
  private long arrivals;

  /**
   * Begins with an empty memory.
   *
   * @param budget in bytes; no place needs more
   * @param minStay how long a model is not unloaded for others
   * @param idleLimit after how much time without use a model is unloaded; {@link #NEVER} to keep it
   * @param grant gives the model to a request; returns whether the request still wanted it
   */
  Residency(
      long budget,
      long minStay,
      long idleLimit,
      List<Place<T>> places,
      BiPredicate<Place<T>, T> grant) {
    this.budget = budget;
    this.minStay = minStay;
    this.idleLimit = idleLimit;
    this.places = List.copyOf(places);
    this.grant = grant;
  }

  /** A request wants the model. It is granted now or later. */
  void enter(Place<T> place, T request, long now) {
    if (place.loaded() && !place.draining) {
      give(place, request, now);
    } else {
      place.waiting.add(new Waiting<>(arrivals++, request));
    }
  }

  /** Whether the model failed to load lately, and others would have to be unloaded for it. */
  boolean fails(Place<T> place, long now) {
    return place.state == State.ABSENT && place.retryAt > now && place.need > free();
  }

  /** A request has stopped waiting. */
  void giveUp(Place<T> place, T request) {
    place.waiting.removeIf(waiting -> waiting.request().equals(request));
  }

  /** A request that was granted has ended. */
  void leave(Place<T> place, long now) {
    place.users--;
    place.lastUsed = now;
  }

  /** The load has succeeded, after this time. */
  void loaded(Place<T> place, long took, long now) {
    place.state = State.LOADED;
    place.lastUsed = now;
    place.keptUntil = now + Math.max(minStay, took);
    place.retryAt = now;
  }

  /** The load has failed. Returns the requests that waited for it; they wait no more. */
  List<T> failed(Place<T> place, long now) {
    place.state = State.ABSENT;
    place.retryAt = now + minStay;
    return takeWaiting(place);
  }

  /**
   * A model in use takes more memory, until it is unloaded.
   *
   * @return whether the budget allows it; otherwise nothing has changed
   */
  boolean grow(Place<T> place, long need) {
    if (need > budget) {
      return false;
    }
    place.need = Math.max(place.need, need);
    return true;
  }

  /** The model was unloaded. */
  void unloaded(Place<T> place) {
    place.state = State.ABSENT;
    place.need = place.needAtLoad;
  }

  /** Removes the requests that wait for the model. */
  List<T> takeWaiting(Place<T> place) {
    List<T> requests = place.waiting.stream().map(Waiting::request).toList();
    place.waiting.clear();
    return requests;
  }

  /** The next step. No other step is under way. */
  Step<T> next(long now) {
    places.forEach(place -> place.draining = false);
    Step<T> change = forWaiting(now);
    places.stream().filter(place -> place.loaded() && !place.draining).forEach(p -> serve(p, now));
    return change instanceof Step.Await<T>(long until) ? forIdle(until, now) : change;
  }

  private void serve(Place<T> place, long now) {
    takeWaiting(place).forEach(request -> give(place, request, now));
  }

  private void give(Place<T> place, T request, long now) {
    if (grant.test(place, request)) {
      place.users++;
      place.lastUsed = now;
    }
  }

  /** Makes room for the models that requests wait for, and loads them. */
  private Step<T> forWaiting(long now) {
    List<Place<T>> wanted =
        places.stream()
            .filter(place -> place.state == State.ABSENT && !place.waiting.isEmpty())
            .sorted(Comparator.comparingLong(Place::firstArrival))
            .toList();
    if (wanted.isEmpty()) {
      return new Step.Await<>(NEVER);
    }
    Place<T> first = wanted.getFirst();
    long free = free();
    if (first.need <= free) {
      return load(first);
    }
    List<Place<T>> victims = victims(first.need - free, now);
    long kept = victims.stream().mapToLong(place -> place.keptUntil).max().orElse(now);
    if (kept <= now) {
      victims.forEach(place -> place.draining = true);
      if (victims.stream().allMatch(Place::idle)) {
        return unload(victims.getFirst());
      }
    }
    long spare = free + victims.stream().mapToLong(place -> place.need).sum() - first.need;
    return wanted.stream()
        .filter(place -> place.need <= Math.min(free, spare))
        .findFirst()
        .map(this::load)
        .orElseGet(() -> new Step.Await<>(kept <= now ? NEVER : kept));
  }

  /** The models to unload to free this number of bytes, and none that is not needed for that. */
  private List<Place<T>> victims(long bytes, long now) {
    List<Place<T>> candidates =
        places.stream()
            .filter(Place::loaded)
            .sorted(
                Comparator.comparing((Place<T> place) -> place.keptUntil > now)
                    .thenComparing(place -> place.users > 0)
                    .thenComparingLong(place -> place.lastUsed))
            .toList();
    List<Place<T>> victims = new ArrayList<>();
    long sum = 0;
    for (Place<T> candidate : candidates) {
      if (sum < bytes) {
        victims.add(candidate);
        sum += candidate.need;
      }
    }
    for (Place<T> victim : List.copyOf(victims)) {
      if (sum - victim.need >= bytes) {
        victims.remove(victim);
        sum -= victim.need;
      }
    }
    return victims;
  }

  private Step<T> forIdle(long until, long now) {
    if (free() < 0) {
      Optional<Place<T>> oldest =
          places.stream()
              .filter(Place::idle)
              .min(Comparator.comparingLong(place -> place.lastUsed));
      if (oldest.isPresent()) {
        return unload(oldest.get());
      }
    }
    long wake = until;
    for (Place<T> place : places) {
      if (place.idle() && idleLimit != NEVER) {
        long due = place.lastUsed + idleLimit;
        if (due <= now) {
          return unload(place);
        }
        wake = Math.min(wake, due);
      }
    }
    return new Step.Await<>(wake);
  }

  private Step<T> load(Place<T> place) {
    place.state = State.LOADING;
    return new Step.Load<>(place);
  }

  private Step<T> unload(Place<T> place) {
    place.state = State.UNLOADING;
    return new Step.Unload<>(place);
  }

  private long free() {
    long used = 0;
    for (Place<T> place : places) {
      used += place.state == State.ABSENT ? 0 : place.need;
    }
    return budget - used;
  }
}
