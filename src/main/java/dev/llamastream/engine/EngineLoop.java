package dev.llamastream.engine;

import dev.llamastream.FinishReason;
import dev.llamastream.GenerationException;
import dev.llamastream.internal.events.DecodeEvent;
import dev.llamastream.internal.ffm.ModelHandle;
import dev.llamastream.internal.generation.Generation;
import dev.llamastream.internal.scheduling.Scheduler;
import dev.llamastream.internal.scheduling.Step;
import dev.llamastream.internal.scheduling.Step.Slice;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The engine's own thread: asks the scheduler what is next, decodes it, samples, and hands out the
 * tokens. It alone touches the native context, the generations and their samplers. The scheduler is
 * guarded by a lock that is never held while the model runs.
 */
final class EngineLoop {

  private final EngineParams params;
  private final EngineContext context;
  private final Observers observers;
  private final Thread thread;

  private final ReentrantLock lock = new ReentrantLock();
  // guarded by the lock
  private final Scheduler<StreamJob> scheduler;
  private final RateMeter rate = new RateMeter(10, System.nanoTime());
  private boolean closing;
  private double nanosPerStream = 1e9;

  private final int cells;
  private volatile boolean aborting;

  /** Starts, and returns when the thread has its context. */
  EngineLoop(ModelHandle model, EngineParams params, Decoder decoder) {
    this.params = params;
    this.observers = new Observers(params.listener(), params.slots());
    // until the thread is inside the context, a close of the model would free both
    model.lifetime().acquire();
    boolean runs = false;
    EngineContext opened = null;
    try {
      opened = new EngineContext(model, params.context(), decoder);
      this.context = opened;
      this.cells = context.contextSize();
      this.scheduler = new Scheduler<>(params.scheduling(context, model.forgetsInPart()));
      CompletableFuture<Void> started = new CompletableFuture<>();
      this.thread =
          Thread.ofPlatform().daemon().name("llamastream-engine").unstarted(() -> run(started));
      context.onClose(() -> LockSupport.unpark(thread));
      thread.start();
      runs = true;
      started.join();
    } finally {
      if (!runs && opened != null) {
        opened.abandon();
      }
      model.lifetime().release();
    }
  }

  /** How many tokens one stream may have. */
  int tokensPerStream() {
    int limit = params.maxTokensPerStream();
    return limit == 0 ? context.sequenceSize() : Math.min(limit, context.sequenceSize());
  }

  /** How many tokens the KV cache holds. */
  int cells() {
    return cells;
  }

  // ---- called by any thread

  /** Queues a stream. */
  void offer(StreamJob job) {
    EngineOverloadedException overload = null;
    lock.lock();
    try {
      if (closing) {
        throw new IllegalStateException("the engine is closed");
      }
      if (!scheduler.offer(job)) {
        long wait = Math.max(1_000_000, (long) nanosPerStream / params.slots());
        overload = new EngineOverloadedException(scheduler.queued(), Duration.ofNanos(wait));
      }
    } finally {
      lock.unlock();
    }
    if (overload != null) {
      observers.rejected();
      throw overload;
    }
    LockSupport.unpark(thread);
  }

  /** Ends a stream before the next decode. */
  void cancel(StreamJob job) {
    job.cancel();
    LockSupport.unpark(thread);
  }

  /** A consumer has taken a token: its stream goes on, if it was parked and there is room. */
  void taken(StreamJob job) {
    if (job.isParked() && job.buffer().wantsMore()) {
      lock.lock();
      try {
        // it may have been woken, and parked again with a full buffer, meanwhile
        if (job.isParked() && job.buffer().wantsMore()) {
          wake(job);
        }
      } finally {
        lock.unlock();
      }
      LockSupport.unpark(thread);
    }
  }

  boolean isClosed() {
    lock.lock();
    try {
      return closing || aborting || context.isClosed();
    } finally {
      lock.unlock();
    }
  }

  EngineSnapshot snapshot() {
    lock.lock();
    try {
      return new EngineSnapshot(
          scheduler.active(),
          scheduler.waiting(),
          scheduler.parked(),
          scheduler.cellsUsed(),
          cells,
          rate.perSecond(System.nanoTime()));
    } finally {
      lock.unlock();
    }
  }

  /**
   * Refuses new streams, gives those there are so long, cancels the rest, and waits for the end.
   */
  void close(Duration grace) {
    lock.lock();
    try {
      closing = true;
    } finally {
      lock.unlock();
    }
    LockSupport.unpark(thread);
    if (Thread.currentThread() == thread) {
      aborting = true; // a listener closes: it cannot wait for itself
      return;
    }
    boolean interrupted = join(grace);
    aborting = true;
    context.stop();
    LockSupport.unpark(thread);
    while (thread.isAlive()) {
      interrupted |= join(Duration.ofDays(1));
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Whether it was interrupted. */
  private boolean join(Duration atMost) {
    try {
      if (!atMost.isZero()) {
        thread.join(atMost);
      }
      return false;
    } catch (InterruptedException e) {
      return true;
    }
  }

  // ---- the thread

  private void run(CompletableFuture<Void> started) {
    RuntimeException failure = new IllegalStateException("the engine is closed");
    context.enter();
    started.complete(null);
    try {
      do {
        Gathering.await(this::beginning);
      } while (step());
    } catch (RuntimeException | Error e) {
      failure = new GenerationException("the engine failed: " + e, e);
      throw e;
    } finally {
      endAll(failure);
      context.leave();
    }
  }

  /** How many streams wait for a step of theirs alone. */
  private int beginning() {
    lock.lock();
    try {
      return scheduler.beginsAnew() ? scheduler.queued() : 0;
    } finally {
      lock.unlock();
    }
  }

  /** Decodes once, or waits; false at the end. */
  private boolean step() {
    Step<StreamJob> step;
    long now = System.nanoTime();
    long idle = 0;
    List<StreamJob> ended = new ArrayList<>();
    lock.lock();
    try {
      closing |= aborting || context.isClosed();
      for (StreamJob job : scheduler.jobs()) {
        FinishReason reason = interruption(job, now);
        if (reason != null) {
          end(job, reason, null);
          ended.add(job);
        }
      }
      step = scheduler.next();
      if (step.slices().isEmpty()) {
        List<StreamJob> left = scheduler.jobs();
        if (closing && left.isEmpty()) {
          return false;
        }
        idle = left.stream().mapToLong(job -> job.remaining(now)).min().orElse(Long.MAX_VALUE);
      }
    } finally {
      lock.unlock();
      ended.forEach(observers::ended);
    }
    for (StreamJob job : step.begun()) {
      job.begins(now);
      observers.began(job.age(now));
    }
    try {
      context.carryOut(step.operations());
      if (step.slices().isEmpty()) {
        LockSupport.parkNanos(this, idle);
      } else {
        decode(step);
      }
    } catch (GenerationException e) {
      fail(step, e);
    }
    return true;
  }

  private @Nullable FinishReason interruption(StreamJob job, long now) {
    return aborting || context.isClosed() ? FinishReason.CANCELLED : job.interruption(now);
  }

  private void decode(Step<StreamJob> step) {
    int[] rows = context.fill(step.slices());
    long start = System.nanoTime();
    DecodeEvent event = new DecodeEvent();
    event.begin();
    if (!context.decode()) {
      lock.lock();
      try {
        scheduler.stopped(step);
      } finally {
        lock.unlock();
      }
      return;
    }
    observers.decoded(step, event, System.nanoTime() - start);
    List<@Nullable GenerationException> failures = new ArrayList<>();
    for (int i = 0; i < rows.length; i++) {
      failures.add(rows[i] < 0 ? null : sample(step.slices().get(i).job(), rows[i], start));
    }
    handOut(step, rows, failures);
  }

  private @Nullable GenerationException sample(StreamJob job, int row, long start) {
    try {
      context.sample(job, row, start);
      return null;
    } catch (GenerationException e) {
      return e;
    }
  }

  private void handOut(
      Step<StreamJob> step, int[] rows, List<@Nullable GenerationException> failures) {
    List<StreamJob> ended = new ArrayList<>();
    lock.lock();
    try {
      scheduler.computed(step);
      long now = System.nanoTime();
      for (int i = 0; i < rows.length; i++) {
        if (rows[i] >= 0) {
          StreamJob job = step.slices().get(i).job();
          if (deliver(job, failures.get(i))) {
            ended.add(job);
          }
          rate.add(1, now);
        }
      }
    } finally {
      lock.unlock();
    }
    ended.forEach(observers::ended);
  }

  /** Hands out what a stream has sampled; returns whether that was its end. */
  private boolean deliver(StreamJob job, @Nullable GenerationException failure) {
    Generation generation = job.generation();
    if (failure != null) {
      end(job, FinishReason.FAILED, failure);
      return true;
    }
    if (generation.finished()) {
      finished(job);
      nanosPerStream = 0.9 * nanosPerStream + 0.1 * job.nanosInSlot(System.nanoTime());
      job.buffer().put(generation.token());
      generation.delivered();
      return true;
    }
    scheduler.sampled(job, generation.tokenId());
    job.buffer().put(generation.token());
    generation.delivered();
    if (!job.buffer().hasRoom()) {
      job.setParked(true);
      scheduler.park(job);
      if (job.buffer().wantsMore()) {
        wake(job); // the consumer was quick, and could not know
      }
    }
    return false;
  }

  private void wake(StreamJob job) {
    job.setParked(false);
    scheduler.wake(job);
  }

  /** Ends a stream that no token has ended. */
  private void end(StreamJob job, FinishReason reason, @Nullable RuntimeException failure) {
    Generation generation = job.generation();
    generation.interrupt(reason);
    finished(job);
    if (failure == null) {
      job.buffer().put(generation.token());
    } else {
      job.buffer().fail(failure);
    }
    generation.delivered();
  }

  private void finished(StreamJob job) {
    scheduler.end(job);
    job.sampler().free();
  }

  /** What the model was doing failed: so do the streams that it did it for, and no others. */
  private void fail(Step<StreamJob> step, GenerationException failure) {
    lock.lock();
    try {
      scheduler.stopped(step);
      for (Slice<StreamJob> slice : step.slices()) {
        end(slice.job(), FinishReason.FAILED, failure);
      }
      if (context.failed()) {
        scheduler.reset();
      }
    } finally {
      lock.unlock();
    }
    step.slices().forEach(slice -> observers.ended(slice.job()));
    if (context.failed()) {
      replaceContext();
    }
  }

  private void replaceContext() {
    try {
      if (!context.replace()) {
        aborting = true;
      }
    } catch (RuntimeException e) {
      endAll(new GenerationException("the engine could not begin again: " + e.getMessage(), e));
      throw e;
    }
  }

  private void endAll(RuntimeException failure) {
    List<StreamJob> jobs;
    lock.lock();
    try {
      closing = true;
      jobs = scheduler.jobs();
      jobs.forEach(job -> end(job, FinishReason.FAILED, failure));
    } finally {
      lock.unlock();
    }
    jobs.forEach(observers::ended);
  }
}
