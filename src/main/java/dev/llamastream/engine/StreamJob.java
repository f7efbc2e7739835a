package dev.llamastream.engine;

import dev.llamastream.FinishReason;
import dev.llamastream.GenerationRequest;
import dev.llamastream.Token;
import dev.llamastream.internal.ffm.ContextConfig;
import dev.llamastream.internal.ffm.SamplerHandle;
import dev.llamastream.internal.generation.Generation;
import dev.llamastream.internal.scheduling.Job;
import dev.llamastream.internal.speculation.Speculator;
import dev.llamastream.internal.store.LoadedState;
import dev.llamastream.internal.streams.SampledToken;
import java.util.List;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * A stream as the engine's thread sees it. It does not reference the consumer's objects, so that an
 * unreachable stream can be garbage collected.
 */
final class StreamJob extends Job {

  private final SamplerHandle sampler;
  private final Generation generation;
  private final SampledToken sampled;
  private final @Nullable Speculator speculator;
  private final TokenBuffer buffer;
  private final long submitted = System.nanoTime();
  private final long timeoutNanos;
  private @Nullable Future<?> timer;
  // before the job is queued for its caller, and then for the engine's thread
  private @Nullable LoadedState stored;
  private long began;
  private volatile boolean parked;
  // guarded by the engine's lock
  private boolean sampling;
  private @Nullable FinishReason pending;

  StreamJob(
      GenerationRequest request,
      SamplerHandle sampler,
      Generation generation,
      @Nullable Speculator speculator,
      int bufferCapacity) {
    super(generation.decodedAtOnce(), request.priority(), request.reusePrefix());
    this.sampler = sampler;
    this.generation = generation;
    this.sampled = new SampledToken(request, generation);
    this.speculator = speculator;
    this.buffer = new TokenBuffer(bufferCapacity);
    this.timeoutNanos = request.timeout().toNanos();
    generation.started();
  }

  SamplerHandle sampler() {
    return sampler;
  }

  Generation generation() {
    return generation;
  }

  /** The last sampled token. For the engine's thread only. */
  SampledToken sampled() {
    return sampled;
  }

  /**
   * A step gave these tokens, which are not delivered yet. For the engine's thread only.
   *
   * @param drafted how many proposed tokens it decoded
   */
  void verified(int drafted, List<Token> tokens) {
    if (speculator != null && !tokens.isEmpty()) {
      tokens.forEach(token -> speculator.sampled(token.id()));
      int accepted = Math.min(drafted, tokens.size() - 1);
      speculator.verified(drafted, accepted);
      generation.verified(drafted, accepted);
    }
  }

  /** Proposes tokens for the next step. For the engine's thread only. */
  void speculate() {
    if (speculator != null && !generation.finished()) {
      propose(speculator.propose(ContextConfig.MAX_DRAFT));
    }
  }

  TokenBuffer buffer() {
    return buffer;
  }

  /** The time since the request. */
  long age(long now) {
    return now - submitted;
  }

  /** The job leaves the queue for the first time. */
  void begins(long now) {
    began = now;
    generation.prefilling();
  }

  /** How long the job has held its slot or been parked. */
  long nanosInSlot(long now) {
    return now - began;
  }

  /**
   * The engine's thread starts to sample the job's token, and alone uses the generation until it is
   * done.
   */
  void beginSampling() {
    sampling = true;
  }

  boolean isSampling() {
    return sampling;
  }

  /** Stores the reason to end with the token that is being sampled. */
  void interruptSampling(FinishReason reason) {
    if (pending == null) {
      pending = reason;
    }
  }

  /** Sampling is done. Returns why the token must be the last; null if it need not be. */
  @Nullable FinishReason endSampling() {
    sampling = false;
    return pending;
  }

  /** Schedules the timeout, if the request has one. */
  void startTimer(Runnable end) {
    if (timeoutNanos != 0) {
      timer = Deadlines.after(remaining(System.nanoTime()), end);
    }
  }

  /** Gives the job a state to begin with, which it releases. */
  void begin(LoadedState state) {
    stored = state;
    offerStored(state.cells());
  }

  /** The state to begin with, if it has not been released. */
  @Nullable LoadedState stored() {
    return stored;
  }

  /** The job does not need its state any more. */
  void releaseStored() {
    if (stored != null) {
      stored.release();
      stored = null;
    }
  }

  /** Releases the resources of an ended job. */
  void free() {
    releaseStored();
    sampler.free();
    if (speculator != null) {
      speculator.end();
    }
    stopTimer();
  }

  /** Cancels the timeout. */
  void stopTimer() {
    if (timer != null) {
      timer.cancel(false);
    }
  }

  /** Whether the job waits for its consumer to take buffered tokens. */
  boolean isParked() {
    return parked;
  }

  void setParked(boolean value) {
    parked = value;
  }

  /** The remaining time in nanoseconds. */
  long remaining(long now) {
    return timeoutNanos == 0 ? Long.MAX_VALUE : timeoutNanos - age(now);
  }
}
