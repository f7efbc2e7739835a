package dev.llamastream;

import static java.util.Objects.requireNonNull;

import dev.llamastream.chat.ChatDelta;
import dev.llamastream.chat.ChatRequest;
import dev.llamastream.chat.ChatStream;
import dev.llamastream.internal.cache.CachedPrefix;
import dev.llamastream.internal.cache.CachedPrefix.Reuse;
import dev.llamastream.internal.cache.SavedState;
import dev.llamastream.internal.chat.PreparedChat;
import dev.llamastream.internal.chat.ReadChatStream;
import dev.llamastream.internal.ffm.ChatRules;
import dev.llamastream.internal.ffm.ContextHandle;
import dev.llamastream.internal.ffm.LeakReport;
import dev.llamastream.internal.ffm.SamplerHandle;
import dev.llamastream.internal.generation.Generation;
import dev.llamastream.internal.generation.PromptTokens;
import dev.llamastream.internal.prompt.EncodedPrompt;
import dev.llamastream.internal.speculation.Speculators;
import dev.llamastream.internal.streams.StreamPublisher;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.Flow;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Runs one generation at a time on a KV cache of its own. Opening a context is costly, keeping it
 * open is cheap: keep one per conversation.
 *
 * <p><b>The prompt is the whole text.</b> Each generation starts from position 0. The context
 * reuses the part of the prompt that the KV cache holds from the previous generation. It always
 * computes the last 64 to 67 tokens of the prompt again, or the last micro-batch if that has fewer.
 *
 * <p><b>A seed repeats its text.</b> On the CPU of the same machine, with the same build, the same
 * request gives the same text. This holds for greedy sampling and for a seed, with an empty or a
 * filled KV cache. llama.cpp uses different kernels for few rows and for many, which is why the
 * last tokens are computed again. The one exception is a prompt that continues a text which this
 * context generated. The generated part was decoded token by token and stays in the KV cache. The
 * prompt repeats its text while that part is in the cache; without it, the logits differ a little.
 * {@link GenerationRequest#reusePrefix()} false reuses nothing. {@link
 * ContextParams#reproducible()} reuses no decoded tokens. A recurrent model continues from its
 * entire state or starts again.
 *
 * <p><b>Threads.</b> Any thread may call, one at a time. A call while another thread is decoding
 * throws {@link IllegalStateException}. A new generation supersedes one that is not decoding at
 * that moment. Any thread may call {@link #close()} at any time.
 *
 * @since 0.1.0
 */
public final class Context implements Generator {

  /** Platform threads: native code would pin the carrier of a virtual thread. */
  private static final ThreadFactory PUBLISHERS =
      Thread.ofPlatform().daemon().name("llamastream-publisher").factory();

  private final ContextParams params;
  private final ContextHandle handle;
  private final CachedPrefix cache;
  private final SavedState state;
  private final Speculators speculators;
  private final LeakReport leakReport;
  private final AtomicReference<@Nullable ContextStream> current = new AtomicReference<>();

  /**
   * Opens a context.
   *
   * @throws ContextCreationException if the model cannot generate text, the parameters do not suit
   *     it, or memory is short
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
    // the action must not refer to this, or an unreachable context would not be reported as leaked
    AtomicReference<@Nullable ContextStream> open = current;
    Speculators drafting = new Speculators(model.handle(), params, 1, handle.contextSize());
    speculators = drafting;
    handle.onFree(
        () -> {
          interrupt(open, FinishReason.CANCELLED);
          drafting.close();
        });
    cache = new CachedPrefix(handle.cacheKey(), reuse(model, params), handle.microBatchSize());
    state = new SavedState(handle, cache, params.kvCacheType());
    leakReport = LeakReport.watch(this, "Context");
  }

  /** A recurrent model cannot go back by the few tokens that a repeatable text needs. */
  private static Reuse reuse(Model model, ContextParams params) {
    if (params.reproducible()) {
      return Reuse.REPRODUCIBLE;
    }
    return model.handle().recurrent() ? Reuse.COMMON : Reuse.REPEATABLE;
  }

  /**
   * Starts a generation. The text is decoded as the caller pulls it. This call only tokenizes and
   * checks the prompt.
   *
   * @throws PromptTooLongException if the prompt has more tokens than the context holds
   * @throws IllegalArgumentException if a token id is not in the vocabulary, the prompt has no
   *     tokens, the grammar is malformed, or the speculation does not suit the model or the context
   * @throws java.util.concurrent.CancellationException if the thread is interrupted (its interrupt
   *     status stays set) or the request times out before the prompt is tokenized
   * @throws IllegalStateException if the context is closed, or another thread is decoding in it
   */
  @Override
  public MeteredStream streamWithStats(GenerationRequest request) {
    return stream(request, null);
  }

  /**
   * {@inheritDoc}
   *
   * @throws IllegalStateException if the context is closed, or another thread is decoding in it
   */
  @Override
  public ChatStream chat(ChatRequest request) {
    return chatStream(request);
  }

  private ReadChatStream chatStream(ChatRequest request) {
    requireNonNull(request, "request");
    PreparedChat chat;
    handle.enter();
    try {
      chat = PreparedChat.of(request, handle.model(), handle.contextSize());
    } finally {
      handle.exit();
    }
    ContextStream stream = stream(chat.request(), chat.rules());
    return new ReadChatStream(stream, chat.rules().format(), request.collectTokens());
  }

  /**
   * A publisher of the tokens. Each subscription runs a new generation on its own thread. The
   * generation starts with the first demand and decodes only as many tokens as the subscriber
   * requests. As with streams, a new generation supersedes one that is not decoding at that moment.
   * A subscription that is superseded, or whose context is closed, completes; if it has demand, it
   * receives a last token first.
   */
  @Override
  public Flow.Publisher<Token> publisher(GenerationRequest request) {
    requireNonNull(request, "request");
    return new StreamPublisher<>(() -> stream(request, null), PUBLISHERS);
  }

  /**
   * A publisher of an answer, as {@link #publisher(GenerationRequest)} is one of tokens. Each
   * subscription asks for a new answer.
   */
  @Override
  public Flow.Publisher<ChatDelta> publisher(ChatRequest request) {
    requireNonNull(request, "request");
    return new StreamPublisher<>(() -> chatStream(request), PUBLISHERS);
  }

  ContextHandle handle() {
    return handle;
  }

  private ContextStream stream(GenerationRequest request, @Nullable ChatRules chat) {
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
          handle.newSampler(request.sampler(), chat, prompt.tokens(), request.timeout());
      ContextStream stream = null;
      try {
        stream = stream(request, chat, prompt, sampler);
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
      GenerationRequest request,
      @Nullable ChatRules chat,
      EncodedPrompt prompt,
      SamplerHandle sampler) {
    int room = params.contextShift() ? Integer.MAX_VALUE : handle.contextSize();
    Set<Integer> shown = chat == null ? Set.of() : chat.shownTokens();
    Generation generation = new Generation(request, handle.vocab(), prompt, room, shown);
    return new ContextStream(
        handle,
        cache,
        request,
        sampler,
        generation,
        speculators.of(request.speculation().draftModel().map(Model::handle), request, prompt),
        params.keepTokens());
  }

  private static void interrupt(
      AtomicReference<@Nullable ContextStream> open, FinishReason reason) {
    ContextStream stream = open.getAndSet(null);
    if (stream != null) {
      stream.endWithContext(reason);
    }
  }

  /**
   * Empties the KV cache, so that the next generation computes its whole prompt. Supersedes an open
   * stream.
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
   * Saves the KV cache. A context that {@linkplain #loadState(byte[]) loads} it continues as this
   * one would. An open stream continues.
   *
   * @throws StateException if the context has been shifted, or the state exceeds the size of an
   *     array ({@link #saveState(Path)} has no such limit)
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
   * Saves the KV cache to a file. The file appears complete or not at all.
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
   * Replaces the KV cache with a saved one of the same model and {@link
   * ContextParams#kvCacheType()}. Two models are the same if their files have the same metadata and
   * tensor table, whatever their names. Supersedes an open stream.
   *
   * @throws StateException if the state is damaged, does not fit, or belongs to another version,
   *     model or type of KV cache
   * @throws IllegalStateException if the context is closed, or another thread is decoding in it
   */
  public void loadState(byte[] saved) {
    requireNonNull(saved, "state");
    restore(() -> state.load(saved));
  }

  /** Like {@link #loadState(byte[])}, from a file. */
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

  /**
   * The number of prompt and generated tokens that the context holds: the requested size, rounded
   * up.
   */
  @Override
  public int contextSize() {
    return handle.contextSize();
  }

  /**
   * Ends an open stream with {@link FinishReason#CANCELLED} and frees the memory. A running decode
   * stops within one graph node. This call waits until no thread is inside native code. Any thread
   * may call it, any number of times.
   */
  @Override
  public void close() {
    leakReport.closed();
    handle.close();
  }
}
