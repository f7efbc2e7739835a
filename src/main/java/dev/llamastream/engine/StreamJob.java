package dev.llamastream.engine;

import dev.llamastream.FinishReason;
import dev.llamastream.GenerationRequest;
import dev.llamastream.internal.ffm.SamplerHandle;
import dev.llamastream.internal.generation.Generation;
import dev.llamastream.internal.scheduling.Job;
import dev.llamastream.internal.streams.SampledToken;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/** A stream as the engine's thread sees it. Holds nothing of what its consumer holds. */
final class StreamJob extends Job {

  private final SamplerHandle sampler;
  private final Generation generation;
  private final SampledToken sampled;
  private final TokenBuffer buffer;
  private final long submitted = System.nanoTime();
  private final long timeoutNanos;
  private @Nullable Future<?> timer;
  private long began;
  private volatile boolean parked;
  // guarded by the engine's lock
  private boolean sampling;
  private @Nullable FinishReason pending;

  StreamJob(
      GenerationRequest request, SamplerHandle sampler, Generation generation, int bufferCapacity) {
    super(generation.decodedAtOnce(), request.priority(), request.reusePrefix());
    this.sampler = sampler;
    this.generation = generation;
    this.sampled = new SampledToken(request, generation);
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

  /** What was sampled last: the engine's thread alone may use it. */
  SampledToken sampled() {
    return sampled;
  }

  TokenBuffer buffer() {
    return buffer;
  }

  /** How long it has been here. */
  long age(long now) {
    return now - submitted;
  }

  /** It leaves the queue for the first time. */
  void begins(long now) {
    began = now;
    generation.prefilling();
  }

  /** How long it has had a slot, or been parked. */
  long nanosInSlot(long now) {
    return now - began;
  }

  /** The engine's thread samples its token, and alone touches the generation. */
  void beginSampling() {
    sampling = true;
  }

  boolean isSampling() {
    return sampling;
  }

  /** Why it is to end with the token that is being sampled. */
  void interruptSampling(FinishReason reason) {
    if (pending == null) {
      pending = reason;
    }
  }

  /** The token is there. Why it must be the last, if so. */
  @Nullable FinishReason endSampling() {
    sampling = false;
    return pending;
  }

  /** Has it ended when its time is up, if that is limited. */
  void startTimer(Runnable end) {
    if (timeoutNanos != 0) {
      timer = Deadlines.after(remaining(System.nanoTime()), end);
    }
  }

  /** It has ended: lets go of what it holds. */
  void free() {
    sampler.free();
    stopTimer();
  }

  /** Its time no longer matters. */
  void stopTimer() {
    if (timer != null) {
      timer.cancel(false);
    }
  }

  /** Whether it waits for its consumer to take what there is. */
  boolean isParked() {
    return parked;
  }

  void setParked(boolean value) {
    parked = value;
  }

  /** How many nanoseconds it may still take. */
  long remaining(long now) {
    return timeoutNanos == 0 ? Long.MAX_VALUE : timeoutNanos - age(now);
  }
}
