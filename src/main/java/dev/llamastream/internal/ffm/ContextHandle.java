package dev.llamastream.internal.ffm;

import static dev.llamastream.internal.bindings.LibLlama.C_FLOAT;
import static dev.llamastream.internal.bindings.LibLlama.C_INT;

import dev.llamastream.ContextCreationException;
import dev.llamastream.ContextParams;
import dev.llamastream.GenerationException;
import dev.llamastream.KvCacheType;
import dev.llamastream.SamplerParams;
import dev.llamastream.TokenLogprob;
import dev.llamastream.internal.bindings.LibLlama;
import dev.llamastream.internal.bindings.llama_batch;
import dev.llamastream.internal.bindings.llama_context_params;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * An {@code ls_context} with one sequence, its batch and its samplers. One thread at a time: every
 * method wants the lease, except {@link #stop()} and {@link #close()}, which any thread may call.
 */
public final class ContextHandle {

  private static final VarHandle FLAG = C_INT.varHandle();
  private static final int STOP = 1;
  private static final int CLOSE = 2;

  private final ModelHandle model;
  private final Arena arena = Arena.ofShared();
  private final NativeError error = new NativeError(arena);
  private final MemorySegment context;
  private final MemorySegment stopFlag;
  private final MemorySegment batch;
  private final MemorySegment batchTokens;
  private final int contextSize;
  private final int batchSize;
  private final int microBatchSize;
  private final List<SamplerHandle> samplers = new ArrayList<>();
  private final Lifetime lifetime = new Lifetime("the context", true, this::free);
  private Runnable onFree = () -> {};
  private final AtomicLong decodeCalls = new AtomicLong();
  private @Nullable GenerationException poison;

  /** Opens a context. The caller holds a lease of the model. */
  public ContextHandle(ModelHandle model, ContextParams params) {
    this.model = model;
    if (!model.canGenerate()) {
      throw new ContextCreationException(
          "this model cannot generate text: it has no decoder, has an encoder as well, or was"
              + " loaded with vocabOnly");
    }
    if (params.reproducible() && model.repacked()) {
      throw new ContextCreationException(
          "reproducible: needs a model loaded with repackWeights(false)");
    }
    MemoryCheck.check(model, params);
    context = create(params);
    MemorySegment llama = LibLlama.ls_context_llama(context);
    contextSize = LibLlama.llama_n_ctx_seq(llama);
    batchSize = LibLlama.llama_n_batch(llama);
    microBatchSize = LibLlama.llama_n_ubatch(llama);
    stopFlag = LibLlama.ls_context_stop_flag(context).reinterpret(C_INT.byteSize());
    // one more than native code takes, so that a test can see it refuse
    batchTokens = arena.allocate(C_INT, batchSize + 1L);
    // no positions, sequences or outputs: sequence 0, the next positions, the last token's logits
    batch = llama_batch.allocate(arena);
    llama_batch.token(batch, batchTokens);
    model.opened(this);
  }

  private MemorySegment create(ContextParams params) {
    boolean created = false;
    try (Arena temporary = Arena.ofConfined()) {
      MemorySegment c =
          LibLlama.ls_context_new(model.segment(), toNative(params, temporary), error.segment());
      if (c.equals(MemorySegment.NULL)) {
        throw error.failure(ContextCreationException::new);
      }
      created = true;
      return c;
    } finally {
      if (!created) {
        arena.close();
      }
    }
  }

  private static MemorySegment toNative(ContextParams params, Arena arena) {
    int processors = Runtime.getRuntime().availableProcessors();
    MemorySegment p = LibLlama.llama_context_default_params(arena);
    llama_context_params.n_ctx(p, params.contextSize());
    llama_context_params.n_batch(p, params.batchSize());
    llama_context_params.n_ubatch(p, params.microBatchSize());
    llama_context_params.n_seq_max(p, 1);
    // logits of one token at a time: a buffer for a whole batch of them would be the largest of all
    llama_context_params.n_outputs_max(p, 1);
    llama_context_params.n_threads(p, params.threads() == 0 ? processors : params.threads());
    llama_context_params.n_threads_batch(
        p, params.batchThreads() == 0 ? processors : params.batchThreads());
    llama_context_params.flash_attn_type(p, flashAttention(params));
    llama_context_params.type_k(p, nativeType(params.kvCacheType()));
    llama_context_params.type_v(p, nativeType(params.kvCacheType()));
    llama_context_params.kv_unified(p, false);
    llama_context_params.no_perf(p, true);
    return p;
  }

  private static int flashAttention(ContextParams params) {
    if (params.reproducible()) {
      return LibLlama.LLAMA_FLASH_ATTN_TYPE_DISABLED();
    }
    return switch (params.flashAttention()) {
      case AUTO -> LibLlama.LLAMA_FLASH_ATTN_TYPE_AUTO();
      case OFF -> LibLlama.LLAMA_FLASH_ATTN_TYPE_DISABLED();
      case ON -> LibLlama.LLAMA_FLASH_ATTN_TYPE_ENABLED();
    };
  }

  private static int nativeType(KvCacheType type) {
    return switch (type) {
      case F32 -> LibLlama.GGML_TYPE_F32();
      case F16 -> LibLlama.GGML_TYPE_F16();
      case BF16 -> LibLlama.GGML_TYPE_BF16();
      case Q8_0 -> LibLlama.GGML_TYPE_Q8_0();
      case Q5_1 -> LibLlama.GGML_TYPE_Q5_1();
      case Q5_0 -> LibLlama.GGML_TYPE_Q5_0();
      case Q4_1 -> LibLlama.GGML_TYPE_Q4_1();
      case Q4_0 -> LibLlama.GGML_TYPE_Q4_0();
      case IQ4_NL -> LibLlama.GGML_TYPE_IQ4_NL();
    };
  }

  /** Begins a use by this thread: takes the lease. */
  public void enter() {
    lifetime.acquire();
    if (poison != null) {
      lifetime.release();
      throw new GenerationException(
          "the context failed before and can only be closed: " + poison.getMessage(), poison);
    }
  }

  /** Forgets an earlier {@link #stop()}; a close is never forgotten. */
  public void forgetStop() {
    FLAG.getAndBitwiseAnd(stopFlag, 0L, ~STOP);
  }

  /** Ends a use. */
  public void exit() {
    lifetime.release();
  }

  /**
   * Stops a running decode within one graph node, and those that follow until {@link
   * #forgetStop()}.
   */
  public void stop() {
    lifetime.ifNotFreed(() -> raise(STOP));
  }

  /** Whether {@link #close()} was called. */
  public boolean isClosed() {
    return lifetime.isClosed();
  }

  private void raise(int bit) {
    FLAG.getAndBitwiseOr(stopFlag, 0L, bit);
  }

  /** Limits the decodes that follow to so many nanoseconds from now; negative for no limit. */
  public void setTimeout(long nanos) {
    LibLlama.ls_context_set_timeout(context, nanos);
  }

  /**
   * Appends one token to the sequence.
   *
   * @return false if it was stopped
   */
  public boolean decode(int token) {
    batchTokens.setAtIndex(C_INT, 0, token);
    return decodeBatch(1);
  }

  /**
   * Appends tokens, at most {@link #batchSize()}, to the sequence. An interrupt stops it.
   *
   * @return false if it was stopped: an unknown number of them was appended
   */
  public boolean decode(int[] tokens, int from, int to) {
    MemorySegment.copy(tokens, from, batchTokens, C_INT, 0, to - from);
    InterruptWatch.Entry watched = InterruptWatch.begin(this);
    try {
      return decodeBatch(to - from);
    } finally {
      InterruptWatch.end(watched);
    }
  }

  private boolean decodeBatch(int count) {
    decodeCalls.incrementAndGet();
    llama_batch.n_tokens(batch, count);
    int status = LibLlama.ls_decode(context, batch, error.segment());
    return switch (status) {
      case 0 -> true;
      case 1 -> throw new GenerationException("no room in the KV cache for " + count + " tokens");
      case 2 -> false;
      default -> throw failure();
    };
  }

  private GenerationException failure() {
    GenerationException failure = error.generationFailure();
    if (error.fatal()) {
      poison = failure;
    }
    return failure;
  }

  /** How often the model was asked to run so far. Any thread. */
  public long decodeCalls() {
    return decodeCalls.get();
  }

  /** The logarithm of a token's probability in the last output row. */
  public float logprob(int token) {
    float logprob = LibLlama.ls_logprob(context, -1, token, error.segment());
    if (Float.isNaN(logprob)) {
      throw error.generationFailure();
    }
    return logprob;
  }

  /** The n most probable tokens of the last output row, best first. */
  public List<TokenLogprob> topLogprobs(int n) {
    try (Arena temporary = Arena.ofConfined()) {
      MemorySegment tokens = temporary.allocate(C_INT, n);
      MemorySegment logprobs = temporary.allocate(C_FLOAT, n);
      int count = LibLlama.ls_top_logprobs(context, -1, n, tokens, logprobs, error.segment());
      if (count == LibLlama.LS_FAILED()) {
        throw error.generationFailure();
      }
      return IntStream.range(0, count)
          .mapToObj(
              i -> new TokenLogprob(tokens.getAtIndex(C_INT, i), logprobs.getAtIndex(C_FLOAT, i)))
          .toList();
    }
  }

  /** The last output row's logits, valid until the next decode. */
  public MemorySegment logits() {
    MemorySegment logits = LibLlama.ls_logits(context, -1, error.segment());
    if (logits.equals(MemorySegment.NULL)) {
      throw error.generationFailure();
    }
    return logits.reinterpret(model.vocab().size() * 4L);
  }

  /**
   * Removes all positions from this one on.
   *
   * @return false if the model's memory cannot: nothing changed then
   */
  public boolean truncate(int position) {
    int status = LibLlama.ls_memory_seq_rm(context, 0, position, -1, error.segment());
    if (status == LibLlama.LS_FAILED()) {
      throw failure();
    }
    return status == 1;
  }

  /**
   * Removes the positions [from, to) and moves those behind up.
   *
   * @return false if the model's memory cannot: nothing changed then
   */
  public boolean shift(int from, int to) {
    // the question first: what cannot be moved must not be removed
    int status = LibLlama.ls_memory_seq_add(context, 0, 0, 0, 0, error.segment());
    if (status == 1) {
      status = LibLlama.ls_memory_seq_rm(context, 0, from, to, error.segment());
    }
    if (status == 1) {
      status = LibLlama.ls_memory_seq_add(context, 0, to, -1, from - to, error.segment());
    }
    if (status == LibLlama.LS_FAILED()) {
      throw failure();
    }
    return status == 1;
  }

  /** The state of the KV cache, in memory of the arena. */
  public MemorySegment saveState(Arena arena) {
    long size = LibLlama.ls_state_size(context, 0, error.segment());
    MemorySegment state = arena.allocate(Math.max(1, size));
    long written = size == 0 ? 0 : LibLlama.ls_state_get(context, 0, state, size, error.segment());
    if (written == 0) {
      throw failure();
    }
    return state.asSlice(0, written);
  }

  /**
   * Replaces the KV cache.
   *
   * @param state in native memory
   * @return empty, or why libllama refused the state: what the cache holds is undefined then
   */
  public Optional<String> loadState(MemorySegment state) {
    long read = LibLlama.ls_state_set(context, 0, state, state.byteSize(), error.segment());
    if (read == 0 && error.fatal()) {
      throw failure();
    }
    return read == state.byteSize() ? Optional.empty() : Optional.of(error.message());
  }

  /** Removes everything. */
  public void clear() {
    if (LibLlama.ls_memory_clear(context, error.segment()) != 0) {
      throw failure();
    }
  }

  /**
   * Makes a sampler that has seen the prompt. It lives until {@link #free(SamplerHandle)} or the
   * context's end.
   */
  public SamplerHandle newSampler(SamplerParams params, int[] prompt) {
    SamplerHandle sampler = new SamplerHandle(model, params);
    samplers.add(sampler);
    sampler.acceptPrompt(prompt);
    return sampler;
  }

  /** Frees a sampler, unless that has happened. */
  public void free(SamplerHandle sampler) {
    if (samplers.remove(sampler)) {
      sampler.free();
    }
  }

  MemorySegment segment() {
    return context;
  }

  /** The vocabulary of the model. */
  public Vocab vocab() {
    return model.vocab();
  }

  /** How many tokens fit, as libllama rounded it. */
  public int contextSize() {
    return contextSize;
  }

  /** How many tokens one {@link #decode} takes. */
  public int batchSize() {
    return batchSize;
  }

  /** How many tokens are computed at once. */
  public int microBatchSize() {
    return microBatchSize;
  }

  /** What runs before the context is freed, when nobody is inside any more. */
  public void onFree(Runnable action) {
    onFree = action;
  }

  /** Stops what runs, waits for it to leave native code, and frees. Any number of times. */
  public void close() {
    lifetime.close(() -> raise(CLOSE));
  }

  private void free() {
    try {
      onFree.run();
      samplers.forEach(SamplerHandle::free);
      if (LibLlama.ls_context_free(context, error.segment()) != 0) {
        throw error.generationFailure();
      }
    } finally {
      arena.close();
      model.freed(this);
    }
  }
}
