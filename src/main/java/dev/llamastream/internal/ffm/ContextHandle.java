package dev.llamastream.internal.ffm;

import static dev.llamastream.internal.bindings.LibLlama.C_FLOAT;
import static dev.llamastream.internal.bindings.LibLlama.C_INT;

import dev.llamastream.ContextCreationException;
import dev.llamastream.ContextParams;
import dev.llamastream.SamplerParams;
import dev.llamastream.TokenLogprob;
import dev.llamastream.internal.bindings.LibLlama;
import dev.llamastream.internal.bindings.llama_batch;
import dev.llamastream.internal.natives.NativeError;
import dev.llamastream.internal.natives.NativeLog;
import dev.llamastream.internal.prompt.CacheKey;
import dev.llamastream.internal.prompt.EncodedPrompt;
import dev.llamastream.internal.threads.StepThreads;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * An {@code ls_context} with its batches and samplers. One thread at a time: every method needs the
 * lease, except {@link #stop()} and {@link #close()}, which any thread may call.
 */
public final class ContextHandle {

  private final ModelHandle model;
  private final Arena arena;
  private final NativeContext context;
  private final KvCache kvCache;
  private final MemorySegment plainBatch;
  private final MemorySegment batchTokens;
  private final int contextSize;
  private final int sequenceSize;
  private final int batchSize;
  private final int microBatchSize;
  private final int ids;
  private @Nullable Batch drafts;
  private final List<SamplerHandle> samplers = new ArrayList<>();
  private volatile Runnable onClose = () -> {};
  private Runnable onFree = () -> {};

  /** Opens a context with one sequence. The caller holds a lease of the model. */
  public static ContextHandle open(ModelHandle model, ContextParams params) {
    checkGenerates(model);
    model.checkPositions(params.contextSize());
    return open(model, ContextConfig.single(params));
  }

  /**
   * Opens a context. The caller holds a lease of the model, and uses only positions that the model
   * has learned.
   */
  public static ContextHandle open(ModelHandle model, ContextConfig config) {
    checkGenerates(model);
    if (config.params().reproducible()) {
      model.reproducibleCheck().check(config.sequences());
    }
    MemoryCheck.check(model, config.params());
    ContextHandle handle = Owned.make(arena -> new ContextHandle(model, config, arena));
    model.opened(handle);
    NativeLog.drain();
    return handle;
  }

  private static void checkGenerates(ModelHandle model) {
    if (!model.kind().generates()) {
      throw new ContextCreationException("cannot generate text: " + model.kind().description());
    }
  }

  private ContextHandle(ModelHandle model, ContextConfig config, Arena arena) {
    this.model = model;
    this.arena = arena;
    context = create(config);
    kvCache = new KvCache(context);
    MemorySegment llama = LibLlama.ls_context_llama(context.segment());
    contextSize = LibLlama.llama_n_ctx(llama);
    sequenceSize = LibLlama.llama_n_ctx_seq(llama);
    batchSize = LibLlama.llama_n_batch(llama);
    microBatchSize = LibLlama.llama_n_ubatch(llama);
    batchTokens = arena.allocate(C_INT, batchSize);
    // without positions, sequences and outputs, llama.cpp uses sequence 0, the next positions, and
    // the last token's logits
    plainBatch = llama_batch.allocate(arena);
    llama_batch.token(plainBatch, batchTokens);
    ids = config.ids();
  }

  private NativeContext create(ContextConfig config) {
    try (Arena temporary = Arena.ofConfined()) {
      StepThreads threads = config.threads();
      MemorySegment params = config.toNative(model.architecture(), threads, temporary);
      return new NativeContext("the context", true, model, params, threads, arena, this::free);
    }
  }

  /** Creates a batch for {@link #decode(Batch)}. */
  public Batch newBatch() {
    return new Batch(batchSize, ids, arena);
  }

  /** Takes the lease for this thread. */
  public void enter() {
    context.enter();
    boolean usable = false;
    try {
      context.requireUsable();
      usable = true;
    } finally {
      if (!usable) {
        context.exit();
      }
    }
  }

  /** Whether the context has failed and can only be closed. */
  public boolean failed() {
    return context.failed();
  }

  /** Cancels the effect of an earlier {@link #stop()}, but never that of a close. */
  public void forgetStop() {
    context.forgetStop();
  }

  /** Releases the lease. */
  public void exit() {
    context.exit();
  }

  /**
   * Stops a running decode within one graph node, and all later decodes until {@link
   * #forgetStop()}.
   */
  public void stop() {
    context.stop();
  }

  /** Whether a decode that runs now is being stopped. */
  public boolean isStopped() {
    return context.isStopped();
  }

  /** Whether {@link #close()} was called. */
  public boolean isClosed() {
    return context.isClosed();
  }

  /** Limits the following decodes to this many nanoseconds from now; negative for no limit. */
  public void setTimeout(long nanos) {
    LibLlama.ls_context_set_timeout(context.segment(), nanos);
  }

  /**
   * Appends one token to the sequence.
   *
   * @return false if it was stopped
   */
  public boolean decode(int token) {
    batchTokens.setAtIndex(C_INT, 0, token);
    return decodePlain(1);
  }

  /**
   * Appends the cells [from, to) of a prompt, at most {@link #batchSize()}, to the sequence. An
   * interrupt of the thread stops it.
   *
   * @return false if it was stopped after appending an unknown number of cells
   */
  public boolean decode(EncodedPrompt prompt, int from, int to) {
    for (int i = from; i < to; i++) {
      batchTokens.setAtIndex(C_INT, i - from, prompt.token(i));
    }
    InterruptWatch.Entry watched = InterruptWatch.begin(this);
    try {
      return decodePlain(to - from);
    } finally {
      InterruptWatch.end(watched);
    }
  }

  /**
   * Appends a token, and drafted ones after it, to sequence 0. Each has an output row, from 0 on.
   *
   * @param position of the token
   * @param draft at most {@link ContextConfig#MAX_DRAFT} tokens, and fewer than {@link
   *     #batchSize()}
   * @return false if it was stopped after appending an unknown number of tokens
   */
  public boolean decode(int token, int[] draft, int position) {
    Batch batch = drafts;
    if (batch == null) {
      batch = new Batch(Math.min(batchSize, 1 + ContextConfig.MAX_DRAFT), 1, arena);
      drafts = batch;
    }
    batch.clear();
    batch.add(token, position, 0, true);
    for (int i = 0; i < draft.length; i++) {
      batch.add(draft[i], position + 1 + i, 0, true);
    }
    return decode(batch);
  }

  private boolean decodePlain(int count) {
    llama_batch.n_tokens(plainBatch, count);
    return decode(plainBatch, count);
  }

  /**
   * Appends tokens, at most {@link #batchSize()}, to their sequences.
   *
   * @return false if it was stopped after appending an unknown number of tokens
   */
  public boolean decode(Batch batch) {
    return decode(batch.segment(), batch.size());
  }

  /** How many processors the decode of this batch keeps busy. */
  public int processors(Batch batch) {
    return context.processors(batch.size());
  }

  boolean decode(MemorySegment batch, int count) {
    return context.decode(batch, count);
  }

  /** The logarithm of a token's probability in an output row of the last batch. */
  public float logprob(int row, int token) {
    NativeError error = context.error();
    float logprob = LibLlama.ls_logprob(context.segment(), row, token, error.segment());
    if (Float.isNaN(logprob)) {
      throw error.generationFailure();
    }
    return logprob;
  }

  /** The n most probable tokens of an output row of the last batch, best first. */
  public List<TokenLogprob> topLogprobs(int row, int n) {
    try (Arena temporary = Arena.ofConfined()) {
      MemorySegment tokens = temporary.allocate(C_INT, n);
      MemorySegment logprobs = temporary.allocate(C_FLOAT, n);
      NativeError error = context.error();
      int count =
          LibLlama.ls_top_logprobs(context.segment(), row, n, tokens, logprobs, error.segment());
      if (count == LibLlama.LS_FAILED()) {
        throw error.generationFailure();
      }
      return IntStream.range(0, count)
          .mapToObj(
              i -> new TokenLogprob(tokens.getAtIndex(C_INT, i), logprobs.getAtIndex(C_FLOAT, i)))
          .toList();
    }
  }

  /** The model. */
  public ModelHandle model() {
    return model;
  }

  /**
   * Creates a sampler that has seen the prompt. It lives until {@link #free(SamplerHandle)}, or
   * until the context ends.
   *
   * @param chat what the answer obeys; null outside of a chat
   */
  public SamplerHandle newSampler(
      SamplerParams params, @Nullable ChatRules chat, int[] prompt, Duration timeout) {
    SamplerHandle sampler = model.newSampler(params, chat, prompt, Integer.MAX_VALUE, timeout);
    samplers.add(sampler);
    return sampler;
  }

  /** Frees a sampler, unless it is already freed. */
  public void free(SamplerHandle sampler) {
    if (samplers.remove(sampler)) {
      sampler.free();
    }
  }

  MemorySegment segment() {
    return context.segment();
  }

  /** The key of what its cells are computed with. */
  public CacheKey cacheKey() {
    return model.cacheKey();
  }

  /** The model's vocabulary. */
  public Vocab vocab() {
    return model.vocab();
  }

  /** The KV cache with its sequences. */
  public KvCache kvCache() {
    return kvCache;
  }

  /** The number of tokens that fit, as rounded by libllama. */
  public int contextSize() {
    return contextSize;
  }

  /** The number of tokens that fit into one sequence. */
  public int sequenceSize() {
    return sequenceSize;
  }

  /** The maximum number of tokens per {@link #decode}. */
  public int batchSize() {
    return batchSize;
  }

  /** How many threads computed the last batch; 0 before the first. Any thread. */
  public int threads() {
    return context.threads();
  }

  /** The maximum number of tokens computed at once. */
  public int microBatchSize() {
    return microBatchSize;
  }

  /** Sets what a close runs, besides stopping the decode, while another thread is inside. */
  public void onClose(Runnable action) {
    onClose = action;
  }

  /** Sets what runs before the context is freed, when no thread is inside any more. */
  public void onFree(Runnable action) {
    onFree = action;
  }

  /**
   * Stops a running decode, waits for its thread to leave native code, and frees the context. Any
   * number of times.
   */
  public void close() {
    context.close(() -> onClose.run());
  }

  private void free() {
    try {
      onFree.run();
      samplers.forEach(SamplerHandle::free);
    } finally {
      try {
        context.free();
      } finally {
        model.freed(this);
      }
    }
  }
}
