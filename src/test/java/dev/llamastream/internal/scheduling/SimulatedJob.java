package dev.llamastream.internal.scheduling;

import dev.llamastream.internal.prompt.EncodedPrompt;
import java.util.Arrays;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** A stream and its consumer. */
final class SimulatedJob extends Job {

  enum End {
    COMPLETE,
    CANCELLED,
    TIMEOUT,
    FAILED
  }

  /** What it asks for, and what its consumer does; times are steps, and NEVER comes never. */
  record Request(
      EncodedPrompt prompt,
      int priority,
      boolean reusesPrefix,
      int maxTokens,
      int buffer,
      int takesEvery,
      int stallsFrom,
      int stallsUntil,
      int cancelledAt,
      int timeoutAt) {}

  static final int NEVER = Integer.MAX_VALUE;

  final Request request;
  final int number;
  boolean admitted;
  boolean isParked;
  int generated;
  int buffered;
  // steps with a slot but without a slice
  int passedOver;
  @Nullable End end;

  private final SimulatedCache model;
  private final SchedulerConfig config;
  // what the cell of each of its tokens holds when it is computed alone from the beginning
  private long[] expected = new long[0];

  SimulatedJob(Request request, int number, SimulatedCache model, SchedulerConfig config) {
    super(request.prompt(), request.priority(), request.reusesPrefix());
    this.request = request;
    this.number = number;
    this.model = model;
    this.config = config;
  }

  boolean ended() {
    return end != null;
  }

  /** Whether it is cancelled, or its time is up, while something is decoded. */
  boolean endsInDecode() {
    return number % 2 == 0;
  }

  boolean takes(int step) {
    boolean stalls = step >= request.stallsFrom() && step < request.stallsUntil();
    return buffered > 0 && !stalls && step % request.takesEvery() == 0;
  }

  boolean hasRoom() {
    return buffered < request.buffer() - 1;
  }

  boolean wantsMore() {
    return buffered <= request.buffer() / 2;
  }

  /** Whether it is served before another that waits at the same time. */
  boolean before(SimulatedJob other) {
    return request.priority() != other.request.priority()
        ? request.priority() > other.request.priority()
        : number < other.number;
  }

  /** What the cell in this place must hold. */
  long expected(int index) {
    int known = expected.length;
    if (index >= known) {
      expected = Arrays.copyOf(expected, size());
      for (int i = known; i < size(); i++) {
        expected[i] = model.next(before(i), token(i), aloneWhenCold(i));
      }
    }
    return expected[index];
  }

  private long before(int index) {
    return index == 0 ? SimulatedCache.start(prompt().key()) : expected[index - 1];
  }

  /**
   * Proposes this many tokens. Each is the one that the model will sample, unless {@code right}
   * says otherwise.
   */
  void propose(int count, BooleanSupplier right) {
    int[] draft = new int[count];
    long value = expected(size() - 1);
    for (int i = 0; i < count; i++) {
      int sampled = SimulatedCache.sample(value);
      draft[i] = right.getAsBoolean() ? sampled : sampled ^ 1;
      value = model.next(value, draft[i], true);
    }
    propose(draft);
  }

  private boolean aloneWhenCold(int index) {
    int length = prompt().length();
    int microBatch = index - index % config.microBatchSize();
    return index >= length || Math.min(length - microBatch, config.microBatchSize()) == 1;
  }

  @Override
  public String toString() {
    return "job " + number;
  }
}
