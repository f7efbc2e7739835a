package dev.llamastream;

import static java.util.Objects.requireNonNull;

import dev.llamastream.internal.cache.CachedPrefix;
import dev.llamastream.internal.cache.CachedPrefix.Reuse;
import dev.llamastream.internal.cache.SavedState;
import dev.llamastream.internal.ffm.ContextHandle;
import dev.llamastream.internal.ffm.LeakReport;
import dev.llamastream.internal.ffm.SamplerHandle;
import dev.llamastream.internal.generation.Generation;
import dev.llamastream.internal.generation.PromptTokens;
import dev.llamastream.internal.prompt.EncodedPrompt;
import dev.llamastream.internal.streams.TokenPublisher;
import java.nio.file.Path;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A KV cache and all else that one generation at a time needs. Cheap to keep, costly to open: keep
 * one for each conversation.
 *
 * <p><b>The prompt is the whole text.</b> Each generation starts from position 0. Whatever part of
 * the prompt is already in the KV cache from the generation before is not computed again, except
 * its last 64 to 67 tokens, or as many as the last micro-batch has, if fewer.
 *
 * <p><b>A seed repeats its text.</b> On the CPU of the same machine, with the same build, the same
 * request gives the same text, greedy or with a seed, with an empty KV cache or not. llama.cpp has
 * one kernel for few rows and another for many, so those last tokens are computed again. There is
 * one exception: a prompt that continues a text which this context has generated. Its generated
 * part was decoded token by token and stays in the KV cache. The prompt repeats its text while that
 * part is there; without it the logits differ a little. {@link GenerationRequest#reusePrefix()}
 * false reuses nothing. {@link ContextParams#reproducible()} reuses nothing that was decoded. A
 * recurrent model continues from all of its state, or starts again.
 *
 * <p><b>Threads.</b> Any thread may call, one at a time: a call while another thread is decoding
 * throws {@link IllegalStateException}. A new generation supersedes one that is not decoding at the
 * moment. {@link #close()} may be called from any thread at any time.
 *
 * @since 0.1.0
 */
public final class Context implements Generator {

  private final ContextParams params;
  private final ContextHandle handle;
  private final CachedPrefix cache;
  private final SavedState state;
  private final LeakReport leakReport;
  private final AtomicReference<@Nullable ContextStream> current = new AtomicReference<>();

  /**
   * Opens a context.
   *
   * @throws ContextCreationException if the model cannot generate text, does not suit the
   *     parameters, or memory is short
   * @throws IllegalStateException if the model is closed
   */
  public Context(Model model, ContextParams params) {
    requireNonNull(model, "model");
    this.params = requireNonNull(params, "params");
    model.handle().lifetime().acquire();
    try {
      handle = ContextHandle.open(model.handle(), params);
    } finally {
      model.handle().lifetime().release();
    }
    // not through this: a context that nobody refers to any more must be seen to be lost
    AtomicReference<@Nullable ContextStream> open = current;
    handle.onFree(() -> interrupt(open, FinishReason.CANCELLED));
    cache = new CachedPrefix(handle.cacheKey(), reuse(model, params), handle.microBatchSize());
    state = new SavedState(handle, cache, params.kvCacheType());
    leakReport = LeakReport.watch(this, "Context");
  }

  /** A recurrent model cannot go back by the few tokens that repeatable text takes. */
  private static Reuse reuse(Model model, ContextParams params) {
    if (params.reproducible()) {
      return Reuse.REPRODUCIBLE;
    }
    return model.handle().recurrent() ? Reuse.COMMON : Reuse.REPEATABLE;
  }

  /**
   * Begins a generation, whose text is decoded as it is pulled. Nothing is decoded here; the prompt
   * is tokenized and checked.
   *
   * @throws PromptTooLongException if the prompt has more tokens than the context holds
   * @throws IllegalArgumentException if a token id is not in the vocabulary, the prompt has no
   *     tokens, or the grammar is malformed
   * @throws java.util.concurrent.CancellationException if the thread is interrupted, which it
   *     stays, or the request's timeout is over, before the prompt is tokenized
   * @throws IllegalStateException if the context is closed, or another thread is decoding in it
   */
  @Override
  public MeteredStream streamWithStats(GenerationRequest request) {
    return stream(request);
  }

  /**
   * A publisher of the tokens. Each subscription generates anew, begins with its first request for
   * tokens, on a thread of its own, and decodes only as many as it asks for. As with streams, a new
   * generation supersedes one that is not decoding at the moment. One that is superseded, or whose
   * context is closed, completes: with a last token if it has asked for one.
   */
  @Override
  public Flow.Publisher<Token> publisher(GenerationRequest request) {
    requireNonNull(request, "request");
    // native code would hold a virtual thread's carrier
    return new TokenPublisher(
        () -> stream(request),
        Thread.ofPlatform().daemon().name("llamastream-publisher").factory());
  }

  ContextHandle handle() {
    return handle;
  }

  private ContextStream stream(GenerationRequest request) {
    requireNonNull(request, "request");
    handle.enter();
    try {
      EncodedPrompt prompt =
          PromptTokens.of(
              request.prompt(),
              handle.cacheKey(),
              handle.vocab(),
              handle.contextSize(),
              request.timeout());
      SamplerHandle sampler =
          handle.newSampler(request.sampler(), prompt.tokens(), request.timeout());
      ContextStream stream = null;
      try {
        stream = stream(request, prompt, sampler);
      } finally {
        if (stream == null) {
          handle.free(sampler);
        }
      }
      interrupt(current, FinishReason.SUPERSEDED);
      current.set(stream);
      return stream;
    } finally {
      handle.exit();
    }
  }

  private ContextStream stream(
      GenerationRequest request, EncodedPrompt prompt, SamplerHandle sampler) {
    int room = params.contextShift() ? Integer.MAX_VALUE : handle.contextSize();
    Generation generation = new Generation(request, handle.vocab(), prompt, room);
    return new ContextStream(handle, cache, request, sampler, generation, params.keepTokens());
  }

  private static void interrupt(
      AtomicReference<@Nullable ContextStream> open, FinishReason reason) {
    ContextStream stream = open.getAndSet(null);
    if (stream != null) {
      stream.endWithContext(reason);
    }
  }

  /**
   * Empties the KV cache, so that the next generation computes its whole prompt. A stream that is
   * still open is superseded.
   *
   * @throws IllegalStateException if the context is closed, or another thread is decoding in it
   */
  public void clearCache() {
    handle.enter();
    try {
      interrupt(current, FinishReason.SUPERSEDED);
      handle.kvCache().clear();
      cache.truncate(0);
    } finally {
      handle.exit();
    }
  }

  /**
   * Saves the KV cache: a context that {@linkplain #loadState(byte[]) loads} it continues as this
   * one would. A stream that is open goes on.
   *
   * @throws StateException if the context has been shifted, or the state is larger than an array
   *     can be ({@link #saveState(Path)} can be larger)
   * @throws IllegalStateException if the context is closed, or another thread is decoding in it
   */
  public byte[] saveState() {
    handle.enter();
    try {
      return state.save();
    } finally {
      handle.exit();
    }
  }

  /**
   * Saves the KV cache to a file, which appears whole or not at all.
   *
   * @throws StateException if the context has been shifted, or the file cannot be written
   * @throws IllegalStateException if the context is closed, or another thread is decoding in it
   */
  public void saveState(Path path) {
    requireNonNull(path, "path");
    handle.enter();
    try {
      state.save(path);
    } finally {
      handle.exit();
    }
  }

  /**
   * Replaces the KV cache by a saved one, of the same model and {@link
   * ContextParams#kvCacheType()}. A model is the same, under any name, if its files have the same
   * metadata and tensor table. A stream that is open is superseded.
   *
   * @throws StateException if the state is damaged, of another version, model or kind of KV cache,
   *     or does not fit
   * @throws IllegalStateException if the context is closed, or another thread is decoding in it
   */
  public void loadState(byte[] saved) {
    requireNonNull(saved, "state");
    restore(() -> state.load(saved));
  }

  /** As {@link #loadState(byte[])}, from a file. */
  public void loadState(Path path) {
    requireNonNull(path, "path");
    restore(() -> state.load(path));
  }

  private void restore(Runnable load) {
    handle.enter();
    try {
      interrupt(current, FinishReason.SUPERSEDED);
      load.run();
    } finally {
      handle.exit();
    }
  }

  /** How many tokens of prompt and generated text it holds: what was asked for, rounded up. */
  @Override
  public int contextSize() {
    return handle.contextSize();
  }

  /**
   * Ends the stream that is open with {@link FinishReason#CANCELLED}, stopping it within one graph
   * node if it is decoding, waits until no thread is inside native code, and frees the memory. Any
   * thread, any number of times.
   */
  @Override
  public void close() {
    leakReport.closed();
    handle.close();
  }
}
