package dev.llamastream.engine;

import dev.llamastream.FinishReason;
import dev.llamastream.GenerationRequest;
import dev.llamastream.internal.ffm.SamplerHandle;
import dev.llamastream.internal.generation.Generation;
import dev.llamastream.internal.scheduling.Job;
import org.jspecify.annotations.Nullable;

/** A stream as the engine's thread sees it. Holds nothing of what its consumer holds. */
final class StreamJob extends Job {

  private final SamplerHandle sampler;
  private final Generation generation;
  private final TokenBuffer buffer;
  private final long submitted = System.nanoTime();
  private final long timeoutNanos;
  private long began;
  private volatile boolean cancelled;
  private volatile boolean parked;

  StreamJob(
      GenerationRequest request,
      int[] prompt,
      SamplerHandle sampler,
      Generation generation,
      int bufferCapacity) {
    super(prompt, request.priority(), request.reusePrefix());
    this.sampler = sampler;
    this.generation = generation;
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

  /** Its consumer wants no more. */
  void cancel() {
    cancelled = true;
  }

  /** Whether it waits for its consumer to take what there is. */
  boolean isParked() {
    return parked;
  }

  void setParked(boolean value) {
    parked = value;
  }

  /** Why it must not go on, if so. */
  @Nullable FinishReason interruption(long now) {
    if (cancelled) {
      return FinishReason.CANCELLED;
    }
    return remaining(now) <= 0 ? FinishReason.TIMEOUT : null;
  }

  /** How many nanoseconds it may still take. */
  long remaining(long now) {
    return timeoutNanos == 0 ? Long.MAX_VALUE : timeoutNanos - age(now);
  }
}
