package dev.llamastream.engine;

import dev.llamastream.FinishReason;
import dev.llamastream.GenerationException;
import dev.llamastream.Token;
import dev.llamastream.internal.events.DecodeEvent;
import dev.llamastream.internal.ffm.ModelHandle;
import dev.llamastream.internal.scheduling.Scheduler;
import dev.llamastream.internal.scheduling.Step;
import dev.llamastream.internal.scheduling.Step.Slice;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The engine's own thread. It asks the scheduler for the next step, decodes and samples it, and
 * delivers the tokens. No other thread uses the native context and the samplers.
 */
final class EngineLoop {

  private final EngineParams params;
  private final EngineContext context;
  private final Observers observers;
  private final Streams streams;
  private final ArrivalBatching arrivals = new ArrivalBatching();
  private final Thread thread;
  private final EngineStore store;
  private final PrefixSaver saver;
  private final int cells;
  private final int learnedPositions;

  /**
   * Whether there may be work that the last step does not know of. The thread's permit does not
   * tell: a lock that the thread waits for takes it.
   */
  private volatile boolean woken;

  /** Starts the thread, and returns when it has its context. */
  EngineLoop(ModelHandle model, EngineParams params, Decoder decoder) {
    this.params = params;
    this.observers = new Observers(params.listener(), params.slots());
    // until the thread is inside the context, closing the model would free both
    model.lifetime().acquire();
    boolean runs = false;
    EngineContext opened = null;
    try {
      opened = new EngineContext(model, EngineConfig.context(params), decoder);
      this.context = opened;
      this.learnedPositions = model.learnedPositions();
      this.cells = context.contextSize();
      this.streams =
          new Streams(
              new Scheduler<>(EngineConfig.scheduling(params, context, model.forgetsInPart())),
              context,
              observers,
              params.slots());
      CompletableFuture<Void> started = new CompletableFuture<>();
      this.thread =
          Thread.ofPlatform().daemon().name("llamastream-engine").unstarted(() -> run(started));
      this.store = EngineStore.open(model, params, context, this::wake);
      this.saver = new PrefixSaver(context, streams, store);
      context.onClose(this::wake);
      thread.start();
      runs = true;
      started.join();
      store.awaitOpen();
    } finally {
      if (!runs && opened != null) {
        opened.abandon();
      }
      model.lifetime().release();
    }
  }

  /** The maximum number of tokens in one stream. */
  int tokensPerStream() {
    int limit = params.maxTokensPerStream();
    int room = Math.min(context.sequenceSize(), learnedPositions);
    return limit == 0 ? room : Math.min(limit, room);
  }

  /** The number of tokens that the KV cache holds. */
  int cells() {
    return cells;
  }

  // ---- called by any thread

  /**
   * Reserves a place in the queue. Either {@link #offer} uses it or {@link #giveUpPlace} returns
   * it.
   */
  void reserve() {
    streams.reserve();
  }

  /** Returns a reserved place that no stream will use. */
  void giveUpPlace() {
    streams.giveUpPlace();
  }

  /** Queues a stream in its reserved place, and schedules its timeout. */
  void offer(StreamJob job) {
    job.startTimer(() -> interrupt(job, FinishReason.TIMEOUT));
    boolean queued = false;
    try {
      streams.offer(job);
      queued = true;
    } finally {
      if (!queued) {
        job.stopTimer();
      }
    }
    if (job.remaining(System.nanoTime()) <= 0) {
      interrupt(job, FinishReason.TIMEOUT); // the timer has no effect before the job is queued
    }
    wake();
  }

  /** Ends a stream, whatever the model is doing. */
  void interrupt(StreamJob job, FinishReason reason) {
    if (!job.generation().finished()) {
      streams.interrupt(job, reason);
      wake();
    }
  }

  /**
   * Called when a consumer has taken a token. Wakes its stream if that is parked and its buffer has
   * room.
   */
  void taken(StreamJob job) {
    if (job.isParked() && job.buffer().wantsMore()) {
      streams.taken(job);
      wake();
    }
  }

  private void wake() {
    woken = true;
    LockSupport.unpark(thread);
  }

  boolean isClosed() {
    return streams.isClosed();
  }

  EngineSnapshot snapshot() {
    return store.describe(streams.snapshot()).build();
  }

  /** Looks for a stored prefix of a new stream's prompt, and waits for the disk if there is one. */
  void fetchStored(StreamJob job, Duration timeout) {
    store.fetch(job, streams, timeout);
  }

  /**
   * Refuses new streams, gives the others the grace period, cancels the rest, and waits for the
   * end.
   */
  void close(Duration grace) {
    streams.close();
    wake();
    if (Thread.currentThread() == thread) {
      streams.abort(); // closed by a listener: this thread cannot wait for itself
      return;
    }
    boolean interrupted = join(grace);
    streams.abort();
    wake();
    while (thread.isAlive()) {
      interrupted |= join(Duration.ofDays(1));
    }
    store.await();
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Waits for the thread to end; returns whether the waiting thread was interrupted. */
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
        arrivals.await(streams::beginning);
      } while (step());
      saver.atTheEnd();
    } catch (RuntimeException | Error e) {
      failure = new GenerationException("the engine failed: " + e, e);
      throw e;
    } finally {
      streams.failAll(failure);
      context.leave();
      store.close();
    }
  }

  /** Decodes once, or waits; returns false at the end. */
  private boolean step() {
    woken = false;
    Step<StreamJob> step = streams.next();
    if (step == null) {
      return false;
    }
    boolean idle = false;
    try {
      context.carryOut(step.operations());
      dropUnused(step);
      if (step.load() != null) {
        saver.load(step.load());
      } else if (!step.slices().isEmpty()) {
        decode(step);
      } else {
        idle = true;
      }
    } catch (GenerationException e) {
      failed(step, e);
      return true;
    }
    save(idle);
    return true;
  }

  private void failed(Step<StreamJob> step, GenerationException failure) {
    streams.failed(step, failure, context.failed());
    if (context.failed()) {
      replaceContext();
    }
  }

  private void save(boolean idle) {
    try {
      if (!idle) {
        saver.whileBusy();
      } else if (!saver.whileIdle()) {
        while (!woken) {
          LockSupport.park(this);
        }
      }
    } catch (GenerationException e) {
      failed(Step.nothing(), e);
    }
  }

  /** Releases the stored states of streams that begin without them. */
  private static void dropUnused(Step<StreamJob> step) {
    for (StreamJob job : step.begun()) {
      if (step.load() == null || step.load().job() != job) {
        job.releaseStored();
      }
    }
  }

  private void decode(Step<StreamJob> step) {
    int[] rows = context.fill(step.slices());
    long start = System.nanoTime();
    DecodeEvent event = new DecodeEvent();
    event.begin();
    if (!context.decode()) {
      streams.stopped(step, context.lengths(step.slices()));
      return;
    }
    observers.decoded(step, event, System.nanoTime() - start, context.threads());
    streams.computed(step, rows);
    List<Sampled> sampled = new ArrayList<>();
    for (int i = 0; i < rows.length; i++) {
      if (rows[i] >= 0) {
        sampled.add(sample(step.slices().get(i), rows[i], start));
      }
    }
    streams.sampled(sampled);
    sampled.forEach(one -> one.job().speculate());
  }

  private Sampled sample(Slice<StreamJob> slice, int row, long start) {
    List<Token> tokens = new ArrayList<>(slice.outputs());
    @Nullable GenerationException failure = null;
    try {
      context.sample(slice, row, start, tokens);
    } catch (GenerationException e) {
      failure = e;
    }
    slice.job().verified(slice.outputs() - 1, tokens);
    return new Sampled(slice.job(), tokens, failure);
  }

  private void replaceContext() {
    // the model must outlive the samplers, also while no context holds a lease of it
    if (!context.holdModel()) {
      streams.abort();
      return;
    }
    try {
      context.replace();
    } catch (RuntimeException e) {
      streams.failAll(
          new GenerationException("the engine could not begin again: " + e.getMessage(), e));
      throw e;
    } finally {
      context.releaseModel();
    }
  }
}
