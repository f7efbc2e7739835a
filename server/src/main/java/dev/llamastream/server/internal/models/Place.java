package dev.llamastream.server.internal.models;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * A model as {@link Residency} sees it. Only that class changes it.
 *
 * @param <T> a request for the model
 */
final class Place<T> {

  /** Where the model is. */
  enum State {
    ABSENT,
    LOADING,
    LOADED,
    UNLOADING
  }

  /** A request that waits. The numbers of all places are in the order of arrival. */
  record Waiting<T>(long arrival, T request) {}

  /** The bytes that the model takes when it is loaded. */
  final long needAtLoad;

  /** The bytes that it takes: more once it has a context for embeddings. */
  long need;

  State state = State.ABSENT;
  final Deque<Waiting<T>> waiting = new ArrayDeque<>();
  int users;

  /** When its last user came or left. */
  long lastUsed;

  /** It is not unloaded for another model before this time. */
  long keptUntil;

  /** After a failed load, no other model is unloaded for this one before this time. */
  long retryAt;

  /** It must be unloaded, so it takes no more users. */
  boolean draining;

  Place(long need) {
    needAtLoad = need;
    this.need = need;
  }

  boolean loaded() {
    return state == State.LOADED;
  }

  boolean idle() {
    return loaded() && users == 0;
  }

  long firstArrival() {
    return waiting.getFirst().arrival;
  }
}
