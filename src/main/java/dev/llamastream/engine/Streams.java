package dev.llamastream.engine;

import dev.llamastream.FinishReason;
import dev.llamastream.GenerationException;
import dev.llamastream.internal.scheduling.Scheduler;
import dev.llamastream.internal.scheduling.Step;
import dev.llamastream.internal.scheduling.Step.Slice;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The streams of an engine that have not ended, guarded by a lock that is never held while the
 * model runs. A stream ends at once, also while it is decoded; only while its token is sampled its
 * generation is the engine's thread's alone.
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
    /** Takes no more streams. */
    CLOSING,
    /** Ends those that there are. */
    ABORTING
  }

  // the thread's own: whom to tell when it has let go of the lock
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

  /** Keeps a place in the queue for a stream whose prompt has yet to be tokenized. */
  void reserve() {
    enterQueue(
        () -> {
          boolean room = scheduler.room() > reserved;
          reserved += room ? 1 : 0;
          return room;
        });
  }

  /** Gives up a place that was reserved. */
  void giveUpPlace() {
    lock.lock();
    try {
      reserved--;
    } finally {
      lock.unlock();
    }
  }

  /** Queues a stream in the place reserved for it, which stays reserved if this throws. */
  void offer(StreamJob job) {
    enterQueue(
        () -> {
          // streams that were woken may have taken slots meanwhile, and with them places
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
   * Ends a stream at once, or with the token that is being sampled, and stops the decode if it had
   * better be. No effect on one that has ended or was not queued.
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

  /** A parked stream goes on, if its consumer has taken enough. */
  void taken(StreamJob job) {
    lock.lock();
    try {
      // it may have been woken, and parked again with a full buffer, meanwhile
      if (job.isParked() && job.buffer().wantsMore()) {
        delivery.wake(job);
      }
    } finally {
      lock.unlock();
    }
  }

  /** Takes no more. */
  void close() {
    enter(Phase.CLOSING);
  }

  /** Ends all with the next step, and stops the one that runs. */
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

  /** There is no way back. */
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

  EngineSnapshot snapshot() {
    lock.lock();
    try {
      return EngineSnapshot.builder()
          .running(scheduler.active())
          .waiting(scheduler.waiting())
          .parked(scheduler.parked())
          .kvCellsUsed(scheduler.cellsUsed())
          .kvCells(cells)
          .tokensPerSecond(rate.perSecond(System.nanoTime()))
          .build();
    } finally {
      lock.unlock();
    }
  }

  // ---- called by the engine's thread

  /** How many streams wait for a step of theirs alone. */
  int beginning() {
    lock.lock();
    try {
      return scheduler.beginsAnew() ? scheduler.queued() : 0;
    } finally {
      lock.unlock();
    }
  }

  /** What to do next; null if there are no streams and will be none. */
  @Nullable Step<StreamJob> next() {
    Step<StreamJob> step = null;
    List<StreamJob> gone;
    long now = System.nanoTime();
    lock.lock();
    try {
      context.forgetStop(); // it was for the step before; what an abort has stopped is seen below
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

  /** A step was stopped, and left sequences of such lengths. */
  void stopped(Step<StreamJob> step, int[] lengths) {
    lock.lock();
    try {
      scheduler.stopped(step, lengths);
    } finally {
      lock.unlock();
    }
  }

  /**
   * A step was decoded, and is to be sampled: but for streams that have ended meanwhile, whose rows
   * become -1.
   */
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

  /** Hands out what was sampled. */
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

  /** What the model was doing failed: so do the streams that it did it for, and no others. */
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

  /** Takes no more, and fails those that there are. */
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

  /** Tells readers, and does what is left to do for streams that have ended. */
  private void seeOff(List<StreamJob> gone) {
    readers.forEach(TokenBuffer::tell);
    readers.clear();
    for (StreamJob job : gone) {
      job.free();
      observers.ended(job);
    }
  }
}
