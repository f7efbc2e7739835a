package dev.llamastream;

import dev.llamastream.internal.ffm.ContextHandle;
import dev.llamastream.internal.ffm.SamplerHandle;
import dev.llamastream.internal.generation.CachedPrefix;
import dev.llamastream.internal.generation.Generation;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Drives one {@link Generation} through a context, on the thread of whoever pulls. */
final class ContextStream implements MeteredStream {

  private final ContextHandle context;
  private final CachedPrefix cache;
  private final GenerationRequest request;
  private final int[] prompt;
  private final SamplerHandle sampler;
  private final Generation generation;

  private String ready;
  private boolean started;
  private boolean prefilled;
  private boolean endTaken;
  private long deadline;
  private volatile boolean cancelled;

  ContextStream(
      ContextHandle context,
      CachedPrefix cache,
      GenerationRequest request,
      int[] prompt,
      SamplerHandle sampler,
      Generation generation) {
    this.context = context;
    this.cache = cache;
    this.request = request;
    this.prompt = prompt;
    this.sampler = sampler;
    this.generation = generation;
    this.ready = request.echo() ? echo() : "";
  }

  private String echo() {
    return request.prompt() instanceof Prompt.Text(String text)
        ? text
        : context.vocab().detokenize(prompt);
  }

  @Override
  public boolean hasNext() {
    while (ready.isEmpty() && !endTaken) {
      step();
      ready = generation.text();
    }
    return !ready.isEmpty();
  }

  @Override
  public String next() {
    if (!hasNext()) {
      throw new NoSuchElementException("the stream has ended");
    }
    String piece = ready;
    ready = "";
    return piece;
  }

  @Override
  public Iterator<Token> tokens() {
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return !endTaken;
      }

      @Override
      public Token next() {
        if (endTaken) {
          throw new NoSuchElementException("the stream has ended");
        }
        step();
        return generation.token();
      }
    };
  }

  /** Brings the generation one token, or its end, further. */
  private void step() {
    if (generation.finished() || !enter()) {
      // ended from outside: superseded, cancelled or closed
      endTaken = true;
      return;
    }
    try {
      generateToken();
    } catch (RuntimeException | Error e) {
      generation.interrupt(FinishReason.FAILED);
      throw e;
    } finally {
      endTaken = generation.finished();
      if (endTaken) {
        context.free(sampler);
      }
      context.exit();
    }
  }

  /** Whether the context may still be used for this stream. */
  private boolean enter() {
    try {
      context.enter();
    } catch (IllegalStateException e) {
      if (!context.isClosed()) {
        throw e;
      }
      context.close(); // waits for the close that is under way, which ends this stream
      return false;
    }
    if (generation.finished()) {
      context.exit();
      return false;
    }
    return true;
  }

  private void generateToken() {
    if (!started) {
      started = true;
      generation.started();
      deadline = System.nanoTime() + request.timeout().toNanos();
    }
    long start = System.nanoTime();
    FinishReason interruption = prefilled ? decode() : prefill();
    if (interruption != null) {
      generation.interrupt(interruption);
      return;
    }
    int token = sampler.sample(context);
    float logprob = request.logprobs() ? context.logprob(token) : Float.NaN;
    generation.accept(token, logprob, System.nanoTime() - start);
  }

  private @Nullable FinishReason prefill() {
    long start = System.nanoTime();
    int cached = request.reusePrefix() ? cache.reusable(prompt) : 0;
    if (!keepOnly(cached)) {
      cached = 0;
    }
    for (int from = cached; from < prompt.length; from = cache.length()) {
      FinishReason interruption = interruption();
      if (interruption != null) {
        return interruption;
      }
      int to = cache.chunkEnd(from, prompt.length, context.batchSize());
      if (context.decode(prompt, from, to)) {
        cache.prefilled(prompt, from, to);
      } else {
        keepOnly(from);
      }
    }
    prefilled = true;
    generation.prefilled(cached, System.nanoTime() - start);
    return null;
  }

  private @Nullable FinishReason decode() {
    int token = generation.tokenId();
    while (true) {
      FinishReason interruption = interruption();
      if (interruption != null) {
        return interruption;
      }
      if (context.decode(token)) {
        cache.decoded(token);
        return null;
      }
      if (!keepOnly(cache.length()) && interruption() == null) {
        throw new GenerationException(
            "stopped by an earlier stream, and this model's memory cannot go back");
      }
    }
  }

  /** Drops all cells from this one on; all of them where the model's memory cannot drop a part. */
  private boolean keepOnly(int length) {
    boolean kept = context.truncate(length);
    if (!kept) {
      context.clear();
    }
    cache.truncate(kept ? length : 0);
    return kept;
  }

  /** Why the stream must not go on, if so. A stop that was meant for an earlier stream is no reason. */
  private @Nullable FinishReason interruption() {
    if (cancelled || context.isClosed() || Thread.currentThread().isInterrupted()) {
      return FinishReason.CANCELLED;
    }
    if (request.timeout().isZero()) {
      context.setTimeout(-1);
      return null;
    }
    long remaining = deadline - System.nanoTime();
    context.setTimeout(Math.max(0, remaining));
    return remaining <= 0 ? FinishReason.TIMEOUT : null;
  }

  /** Ends the stream where nothing runs. The caller holds the context's lease, or is its end. */
  void interrupt(FinishReason reason) {
    generation.interrupt(reason);
    context.free(sampler);
  }

  @Override
  public void cancel() {
    cancelled = true;
    context.stop();
    if (!generation.finished() && context.tryEnter()) {
      try {
        interrupt(FinishReason.CANCELLED);
      } finally {
        context.exit();
      }
    }
  }

  @Override
  public void close() {
    cancel();
  }

  @Override
  public Optional<FinishReason> finishReason() {
    return generation.finishReason();
  }

  @Override
  public StreamStats stats() {
    return generation.stats();
  }
}
