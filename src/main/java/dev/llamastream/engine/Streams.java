package dev.llamastream.engine;

import dev.llamastream.FinishReason;
import dev.llamastream.GenerationException;
import dev.llamastream.internal.scheduling.KeptCells;
import dev.llamastream.internal.scheduling.Scheduler;
import dev.llamastream.internal.scheduling.Step;
import dev.llamastream.internal.scheduling.Step.Load;
import dev.llamastream.internal.scheduling.Step.Slice;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The active streams of an engine, guarded by a lock that is never held while the model runs. A
 * stream ends at once, even during a decode. Only while its token is being sampled does its
 * generation belong to the engine's thread alone.
 */
final class Streams {

  private final EngineContext context;
  private final Observers observers;
  private final int slots;
  private final int cells;

  private final ReentrantLock lock = new ReentrantLock();
  // guarded by the lock
  private final Scheduler<StreamJob> scheduler;
  private final Delivery delivery;
  private final RateMeter rate = new RateMeter(10, System.nanoTime());
  private Phase phase = Phase.OPEN;
  private int reserved;

  private enum Phase {
    OPEN,
    /** Accepts no more streams. */
    CLOSING,
    /** Ends the remaining streams. */
    ABORTING
  }

  // used by the engine's thread only: the readers to notify after it has released the lock
  private final List<@Nullable Runnable> readers = new ArrayList<>();

  Streams(Scheduler<StreamJob> scheduler, EngineContext context, Observers observers, int slots) {
    this.scheduler = scheduler;
    this.delivery = new Delivery(scheduler);
    this.context = context;
    this.observers = observers;
    this.slots = slots;
    this.cells = context.contextSize();
  }

  // ---- called by any thread

  /** Reserves a place in the queue for a stream whose prompt is not tokenized yet. */
  void reserve() {
    enterQueue(
        () -> {
          boolean room = scheduler.room() > reserved;
          reserved += room ? 1 : 0;
          return room;
        });
  }

  /** Returns a reserved place. */
  void giveUpPlace() {
    lock.lock();
    try {
      reserved--;
    } finally {
      lock.unlock();
    }
  }

  /** Queues a stream in the place reserved for it. If this throws, the place stays reserved. */
  void offer(StreamJob job) {
    enterQueue(
        () -> {
          // streams that woke meanwhile may have taken slots, and thus places
          boolean queued = scheduler.offer(job);
          reserved -= queued ? 1 : 0;
          return queued;
        });
  }

  private void enterQueue(BooleanSupplier entered) {
    EngineOverloadedException overload = null;
    lock.lock();
    try {
      if (phase != Phase.OPEN) {
        throw new IllegalStateException("the engine is closed");
      }
      if (!entered.getAsBoolean()) {
        long wait = Math.max(1_000_000, (long) delivery.nanosPerStream() / slots);
        overload =
            new EngineOverloadedException(scheduler.queued() + reserved, Duration.ofNanos(wait));
      }
    } finally {
      lock.unlock();
    }
    if (overload != null) {
      observers.rejected();
      throw overload;
    }
  }

  /**
   * Ends a stream at once, or with the token that is being sampled. Stops the decode if that is
   * worthwhile. No effect on a stream that has ended or was not queued.
   */
  void interrupt(StreamJob job, FinishReason reason) {
    Runnable reader = null;
    lock.lock();
    try {
      if (job.isSampling()) {
        job.interruptSampling(reason);
      } else if (scheduler.has(job)) {
        scheduler.end(job);
        if (scheduler.worthStopping()) {
          context.stop();
        }
        reader = delivery.end(job, reason, null);
      }
    } finally {
      lock.unlock();
    }
    TokenBuffer.tell(reader);
  }

  /** Resumes a parked stream if its consumer has taken enough. */
  void taken(StreamJob job) {
    lock.lock();
    try {
      // it may have been woken and parked again with a full buffer meanwhile
      if (job.isParked() && job.buffer().wantsMore()) {
        delivery.wake(job);
      }
    } finally {
      lock.unlock();
    }
  }

  /** Accepts no more streams. */
  void close() {
    enter(Phase.CLOSING);
  }

  /** Ends all streams with the next step, and stops the running one. */
  void abort() {
    enter(Phase.ABORTING);
    context.stop();
  }

  private void enter(Phase next) {
    lock.lock();
    try {
      advance(next);
    } finally {
      lock.unlock();
    }
  }

  /** Moves to a later phase, never back. */
  private void advance(Phase next) {
    if (next.compareTo(phase) > 0) {
      phase = next;
    }
  }

  boolean isClosed() {
    lock.lock();
    try {
      return phase != Phase.OPEN || context.isClosed();
    } finally {
      lock.unlock();
    }
  }

  /** A snapshot of what the streams do. */
  EngineSnapshot.Builder snapshot() {
    lock.lock();
    try {
      return EngineSnapshot.builder()
          .slots(slots)
          .running(scheduler.active())
          .waiting(scheduler.waiting())
          .parked(scheduler.parked())
          .kvCellsUsed(scheduler.cellsUsed())
          .kvCells(cells)
          .tokensPerSecond(rate.perSecond(System.nanoTime()))
          .threads(context.threads())
          .preemptions(scheduler.preemptions());
    } finally {
      lock.unlock();
    }
  }

  /** How much of a new stream's prompt need not be computed for it. */
  int known(StreamJob job) {
    lock.lock();
    try {
      return scheduler.known(job);
    } finally {
      lock.unlock();
    }
  }

  // ---- called by the engine's thread

  /** Stored cells were loaded, or could not be. */
  void loaded(Load<StreamJob> load, boolean done) {
    lock.lock();
    try {
      scheduler.loaded(load, done);
    } finally {
      lock.unlock();
    }
  }

  /** The newest cells that an ended stream left, of at most {@code most} cells. */
  Optional<KeptCells> takeKept(int most) {
    lock.lock();
    try {
      return scheduler.takeKept(most);
    } finally {
      lock.unlock();
    }
  }

  /** How many streams wait for a step that contains only their own tokens. */
  int beginning() {
    lock.lock();
    try {
      return scheduler.beginsAnew() ? scheduler.queued() : 0;
    } finally {
      lock.unlock();
    }
  }

  /** The next step; null if there are no streams and none will come. */
  @Nullable Step<StreamJob> next() {
    Step<StreamJob> step = null;
    List<StreamJob> gone;
    long now = System.nanoTime();
    lock.lock();
    try {
      context.forgetStop(); // meant for the last step; an abort is checked below
      if (context.isClosed()) {
        advance(Phase.ABORTING);
      }
      for (StreamJob job : scheduler.jobs()) {
        FinishReason reason = interruption(job, now);
        if (reason != null) {
          readers.add(delivery.end(job, reason, null));
        }
      }
      if (phase == Phase.OPEN || !scheduler.jobs().isEmpty()) {
        step = scheduler.next();
        step.begun().forEach(job -> job.begins(now));
      }
      gone = delivery.takeDeparted();
    } finally {
      lock.unlock();
    }
    seeOff(gone);
    if (step != null) {
      step.begun().forEach(job -> observers.began(job.age(now)));
    }
    return step;
  }

  private @Nullable FinishReason interruption(StreamJob job, long now) {
    if (phase == Phase.ABORTING) {
      return FinishReason.CANCELLED;
    }
    return job.remaining(now) <= 0 ? FinishReason.TIMEOUT : null;
  }

  /** A step was stopped. Its sequences now have these lengths. */
  void stopped(Step<StreamJob> step, int[] lengths) {
    lock.lock();
    try {
      scheduler.stopped(step, lengths);
    } finally {
      lock.unlock();
    }
  }

  /** A step was decoded and will be sampled. The rows of streams that ended meanwhile become -1. */
  void computed(Step<StreamJob> step, int[] rows) {
    lock.lock();
    try {
      scheduler.computed(step);
      for (int i = 0; i < rows.length; i++) {
        StreamJob job = step.slices().get(i).job();
        if (!scheduler.has(job)) {
          rows[i] = -1;
        } else if (rows[i] >= 0) {
          job.beginSampling();
        }
      }
    } finally {
      lock.unlock();
    }
  }

  /** Delivers what was sampled. */
  void sampled(List<Sampled> sampled) {
    List<StreamJob> gone;
    lock.lock();
    try {
      long now = System.nanoTime();
      for (Sampled one : sampled) {
        delivery.deliver(one, readers);
        rate.add(one.tokens().size(), now);
      }
      gone = delivery.takeDeparted();
    } finally {
      lock.unlock();
    }
    seeOff(gone);
  }

  /** A step failed. Fails the streams in the step, and no others. */
  void failed(Step<StreamJob> step, GenerationException failure, boolean contextLost) {
    List<StreamJob> gone;
    lock.lock();
    try {
      scheduler.failed(step);
      for (Slice<StreamJob> slice : step.slices()) {
        if (scheduler.has(slice.job())) {
          readers.add(delivery.end(slice.job(), FinishReason.FAILED, failure));
        }
      }
      if (contextLost) {
        scheduler.reset();
      }
      gone = delivery.takeDeparted();
    } finally {
      lock.unlock();
    }
    seeOff(gone);
  }

  /** Accepts no more streams, and fails the current ones. */
  void failAll(RuntimeException failure) {
    List<StreamJob> gone;
    lock.lock();
    try {
      advance(Phase.CLOSING);
      for (StreamJob job : scheduler.jobs()) {
        readers.add(delivery.end(job, FinishReason.FAILED, failure));
      }
      gone = delivery.takeDeparted();
    } finally {
      lock.unlock();
    }
    seeOff(gone);
  }

  // ---- the thread, without the lock

  /** Notifies readers, and completes the cleanup of ended streams. */
  private void seeOff(List<StreamJob> gone) {
    readers.forEach(TokenBuffer::tell);
    readers.clear();
    for (StreamJob job : gone) {
      job.free();
      observers.ended(job);
    }
  }
}
