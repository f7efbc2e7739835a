package dev.llamastream;

import dev.llamastream.internal.cache.CachedPrefix;
import dev.llamastream.internal.events.DecodeEvent;
import dev.llamastream.internal.ffm.ContextHandle;
import dev.llamastream.internal.ffm.SamplerHandle;
import dev.llamastream.internal.generation.Generation;
import dev.llamastream.internal.generation.PromptTokens;
import dev.llamastream.internal.prompt.EncodedPrompt;
import dev.llamastream.internal.speculation.Speculator;
import dev.llamastream.internal.streams.PulledStream;
import dev.llamastream.internal.streams.SampledToken;
import java.util.Optional;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * Drives one {@link Generation} through a context, on the thread that pulls.
 *
 * <p>During a pull, only the pulling thread uses the generation. A thread that wants to end the
 * stream stores the reason in {@link #pending}, and the pulling thread acts on it. Otherwise this
 * monitor guards the generation. It is never held while the model runs.
 */
final class ContextStream extends PulledStream {

  private static final int LAST_ROW = -1;

  private final ContextHandle context;
  private final CachedPrefix cache;
  private final GenerationRequest request;
  private final EncodedPrompt prompt;
  private final SamplerHandle sampler;
  private final Generation generation;
  private final SampledToken sampled;
  private final @Nullable Speculator speculator;
  private final int keepTokens;

  // the drafted tokens of the last decode, and how many of them have come true so far
  private int[] draft = {};
  private int accepted;

  private boolean started;
  private boolean prefilled;
  private long deadline;
  private boolean running;
  private Runnable atEnd = () -> {};
  private volatile @Nullable FinishReason pending;

  ContextStream(
      ContextHandle context,
      CachedPrefix cache,
      GenerationRequest request,
      SamplerHandle sampler,
      Generation generation,
      @Nullable Speculator speculator,
      int keepTokens) {
    super(PromptTokens.echo(request, generation.prompt(), context.vocab()));
    this.context = context;
    this.cache = cache;
    this.request = request;
    this.prompt = generation.decodedAtOnce();
    this.sampler = sampler;
    this.generation = generation;
    this.sampled = new SampledToken(request, generation);
    this.speculator = speculator;
    this.keepTokens = keepTokens;
  }

  @Override
  protected String pullText() {
    return pull((text, _) -> text);
  }

  @Override
  protected Token pullToken() {
    return pull((text, token) -> token.with(text));
  }

  /**
   * Advances the generation by one token or to its end, and returns what {@code take} makes of it.
   */
  private <T> T pull(BiFunction<String, SampledToken, T> take) {
    synchronized (this) {
      if (running) {
        throw new IllegalStateException("another thread is pulling from this stream");
      }
      running = true;
    }
    String text = "";
    try {
      if (generation.finished() || !enter()) {
        sampled.clear();
      } else {
        try {
          text = step();
        } catch (RuntimeException | Error e) {
          generation.interrupt(FinishReason.FAILED);
          throw e;
        } finally {
          if (generation.finished()) {
            free();
          }
          context.exit();
        }
      }
    } catch (RuntimeException | Error e) {
      finish("", take);
      throw e;
    }
    return finish(text, take);
  }

  /** Ends the pull, and the stream if another thread asked for that during the pull. */
  private synchronized <T> T finish(String text, BiFunction<String, SampledToken, T> take) {
    String rest = pending == null ? "" : generation.interrupt(pending);
    running = false;
    if (generation.finished()) {
      endTaken();
      tellEnd();
    }
    return take.apply(rest.isEmpty() ? text : text + rest, sampled);
  }

  /** Takes the context's lease; false if this stream may no longer use the context. */
  private boolean enter() {
    try {
      context.enter();
      return true;
    } catch (GenerationException e) {
      generation.interrupt(FinishReason.FAILED); // the context failed between two pulls
      throw e;
    } catch (IllegalStateException e) {
      if (context.isClosed()) {
        context.close(); // waits for the close in progress
        pending = FinishReason.CANCELLED;
      }
      if (pending == null) {
        throw e;
      }
      return false;
    }
  }

  /**
   * Decodes the last sampled token, or the prompt, and samples the next; returns the text to
   * deliver.
   */
  private String step() {
    context.forgetStop();
    if (!started) {
      started = true;
      generation.started();
      deadline = System.nanoTime() + request.timeout().toNanos();
      context.setTimeout(-1);
    }
    long start = System.nanoTime();
    FinishReason interruption = prefilled ? advance(sampled.id()) : prefill();
    if (interruption != null) {
      sampled.clear();
      return generation.interrupt(interruption);
    }
    String text = sampled.next(sampler, context, draft.length == 0 ? LAST_ROW : accepted, start);
    if (speculator != null && sampled.id() != Token.NONE) {
      speculator.sampled(sampled.id());
    }
    return text;
  }

  /** Decodes the last sampled token, unless it is a drafted one that was decoded already. */
  private @Nullable FinishReason advance(int token) {
    if (accepted < draft.length && draft[accepted] == token) {
      accepted++;
      generation.verified(0, 1);
      return interruption();
    }
    int[] next = speculator == null ? draft : speculate(speculator);
    return decode(token, next);
  }

  /** Drops the cells of drafted tokens that did not come true, and drafts again. */
  private int[] speculate(Speculator by) {
    by.verified(draft.length, accepted);
    int wrong = draft.length - accepted;
    if (wrong > 0 && !keepOnly(cache.length() - wrong)) {
      throw new GenerationException("this model's memory cannot go back");
    }
    int room = Math.min(context.batchSize(), context.contextSize() - cache.length()) - 1;
    return by.propose(room);
  }

  private @Nullable FinishReason prefill() {
    generation.prefilling();
    int cached = request.reusePrefix() ? cache.reusable(prompt.text()) : 0;
    if (!keepOnly(cached)) {
      cached = 0;
    }
    for (int from = cached; from < prompt.length(); from = cache.length()) {
      FinishReason interruption = interruption();
      if (interruption != null) {
        return interruption;
      }
      int to = cache.chunkEnd(from, prompt.length(), context.batchSize());
      DecodeEvent event = new DecodeEvent();
      event.begin();
      if (context.decode(prompt, from, to)) {
        event.decoded(to - from, 0, 1, context.threads());
        cache.prefilled(prompt.text(), prompt.length(), from, to);
      } else {
        context.forgetStop();
        keepOnly(from);
      }
    }
    prefilled = true;
    generation.prefilled(cached);
    return null;
  }

  private @Nullable FinishReason decode(int token, int[] drafted) {
    draft = drafted;
    accepted = 0;
    if (cache.length() == context.contextSize() && !shift()) {
      return FinishReason.CONTEXT_FULL;
    }
    while (true) {
      FinishReason interruption = interruption();
      if (interruption != null) {
        return interruption;
      }
      DecodeEvent event = new DecodeEvent();
      event.begin();
      if (compute(token)) {
        event.decoded(0, 1, 1, context.threads());
        cache.decoded(token);
        generation.verified(draft.length, 0);
        for (int next : draft) {
          cache.decoded(next);
        }
        return null;
      }
      context.forgetStop();
      if (!keepOnly(cache.length()) && interruption() == null) {
        throw new GenerationException(
            "stopped for another stream, and this model's memory cannot go back");
      }
    }
  }

  private boolean compute(int token) {
    return draft.length == 0
        ? context.decode(token)
        : context.decode(token, draft, cache.cells().position(cache.length()));
  }

  /** Makes room as llama.cpp's own programs do: drops half of the tokens that need not be kept. */
  private boolean shift() {
    int kept = Math.min(keepTokens, cache.length() - 1);
    int end = kept + Math.max(1, (cache.length() - kept) / 2);
    // only tokens can be moved
    if (!cache.cells().isPlain() || !context.kvCache().shift(kept, end)) {
      return false;
    }
    cache.shifted(kept, end);
    return true;
  }

  /** Drops all cells from this one on, or all cells if the model's memory cannot drop a part. */
  private boolean keepOnly(int length) {
    boolean kept = context.kvCache().truncate(0, cache.cells().position(length));
    if (!kept) {
      context.kvCache().clear();
    }
    cache.truncate(kept ? length : 0);
    return kept;
  }

  /**
   * Why the stream must end; null if it may continue. A stopped decode need not have a reason: the
   * stop may have been meant for an earlier stream.
   */
  private @Nullable FinishReason interruption() {
    if (pending != null) {
      return pending;
    }
    if (context.isClosed() || Thread.currentThread().isInterrupted()) {
      return FinishReason.CANCELLED;
    }
    if (request.timeout().isZero()) {
      return null;
    }
    long remaining = deadline - System.nanoTime();
    context.setTimeout(Math.max(0, remaining));
    return remaining <= 0 ? FinishReason.TIMEOUT : null;
  }

  @Override
  public synchronized void cancel() {
    end(FinishReason.CANCELLED);
    if (running) {
      context.stop();
    }
  }

  private synchronized void end(FinishReason reason) {
    if (!running) {
      generation.interrupt(reason);
      tellEnd();
    } else if (pending == null) {
      pending = reason;
    }
  }

  @Override
  public synchronized void onEnd(Runnable action) {
    atEnd = action;
    if (generation.finished()) {
      tellEnd();
    }
  }

  private void tellEnd() {
    Runnable told = atEnd;
    atEnd = () -> {};
    told.run();
  }

  /** Ends the stream because of its context. The caller holds the context's lease, or frees it. */
  void endWithContext(FinishReason reason) {
    end(reason);
    free();
  }

  private void free() {
    context.free(sampler);
    if (speculator != null) {
      speculator.end();
    }
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
