package dev.llamastream.internal.ffm;

import static dev.llamastream.internal.bindings.LibLlama.C_FLOAT;

import dev.llamastream.ContextCreationException;
import dev.llamastream.ContextParams;
import dev.llamastream.EmbedderParams;
import dev.llamastream.InvalidValueException;
import dev.llamastream.PromptTooLongException;
import dev.llamastream.RerankerParams;
import dev.llamastream.internal.bindings.LibLlama;
import dev.llamastream.internal.bindings.llama_context_params;
import dev.llamastream.internal.natives.NativeLog;
import dev.llamastream.internal.threads.StepThreads;
import dev.llamastream.internal.threads.Turns;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * An {@code ls_context} that makes a few numbers of each text: its embedding, or how a classifier
 * judges it. Thread-safe, except that only one thread at a time may call {@link #compute}. Every
 * method needs a lease unless it says otherwise.
 */
public final class EmbeddingHandle {

  /**
   * libllama computes the logits of every token along with its embedding: at most 128 MiB of them.
   */
  private static final int MAX_LOGITS = 1 << 25;

  /** How many texts are computed together. Each has a sequence, for which libllama keeps little. */
  private static final int MAX_TEXTS = 64;

  /**
   * How many tokens are computed at once where more would hardly be faster, or while others wait
   * for the end of a batch.
   */
  private static final int SMALL_BATCH = 64;

  private final ModelHandle model;
  private final String name;
  private final TokenPooling pooling;
  private final int dimensions;
  private final int contextSize;
  private final int batchSize;
  private final int maxTexts;
  private final Arena arena;
  private final Turns.Turn turn = Turns.ofProcess();
  private final NativeContext context;
  private final KvCache kvCache;
  private final Batch batch;
  private volatile Runnable onClose = () -> {};

  /** Opens a context for embeddings. The caller holds a lease of the model. */
  public static EmbeddingHandle open(ModelHandle model, EmbedderParams params) {
    if (!model.kind().embeds()) {
      throw new ContextCreationException("cannot embed text: " + model.kind().description());
    }
    TokenPooling pooling = TokenPooling.of(params.pooling(), model);
    return open("the embedder", model, pooling, params.contextSize(), params.threads());
  }

  /** Opens a context for the model's classifier. The caller holds a lease of the model. */
  public static EmbeddingHandle open(ModelHandle model, RerankerParams params) {
    if (!model.kind().embeds()) {
      throw new ContextCreationException("cannot rank texts: " + model.kind().description());
    }
    if (!TokenPooling.ranks(model)) {
      throw new ContextCreationException("this model does not rank texts: it has no classifier");
    }
    return open("the reranker", model, TokenPooling.RANK, params.contextSize(), params.threads());
  }

  private static EmbeddingHandle open(
      String name, ModelHandle model, TokenPooling pooling, int wantedContextSize, int threads) {
    int contextSize = contextSize(model, wantedContextSize);
    MemoryCheck.check(model, ContextParams.builder().contextSize(contextSize).build());
    int vocabulary = model.vocab().size();
    int batchSize =
        Math.min(contextSize, Math.clamp(MAX_LOGITS / Math.max(1, vocabulary), 32, 512));
    // in an encoder, a token's embedding also depends on the tokens after it
    if (batchSize < contextSize && !model.kind().generates()) {
      MemoryCheck.require(contextSize, 4L * contextSize * vocabulary, "what the model puts out");
      batchSize = contextSize;
    }
    Shape shape = new Shape(name, pooling, contextSize, batchSize, threads);
    EmbeddingHandle handle = Owned.make(arena -> new EmbeddingHandle(model, shape, arena));
    model.opened(handle, handle::close);
    NativeLog.drain();
    return handle;
  }

  private record Shape(
      String name, TokenPooling pooling, int contextSize, int batchSize, int threads) {}

  private EmbeddingHandle(ModelHandle model, Shape shape, Arena arena) {
    this.model = model;
    this.arena = arena;
    name = shape.name();
    pooling = shape.pooling();
    dimensions = pooling.dimensions(model);
    contextSize = shape.contextSize();
    batchSize = shape.batchSize();
    // a recurrent model keeps its whole state for each sequence
    maxTexts = model.recurrent() ? 1 : Math.min(MAX_TEXTS, batchSize);
    StepThreads threads = new StepThreads(shape.threads(), shape.threads());
    context = create(threads);
    kvCache = new KvCache(context);
    batch = new Batch(batchSize, maxTexts, arena);
  }

  /** Past its trained size, a model that looks positions up would read out of bounds. */
  private static int contextSize(ModelHandle model, int wanted) {
    int trained = LibLlama.llama_model_n_ctx_train(model.segment());
    if (trained < 1) {
      throw new ContextCreationException(
          String.format(Locale.ROOT, "context_length: %d, must be above 0", trained));
    }
    return wanted == 0 ? trained : Math.min(wanted, trained);
  }

  private NativeContext create(StepThreads threads) {
    try (Arena temporary = Arena.ofConfined()) {
      MemorySegment p = LibLlama.llama_context_default_params(temporary);
      // libllama divides what it reserves among the sequences, without a rest
      int tokens = Math.ceilDiv(batchSize, maxTexts) * maxTexts;
      llama_context_params.n_ctx(p, Math.max(contextSize, tokens));
      llama_context_params.n_batch(p, tokens);
      // pooling sees one micro-batch
      llama_context_params.n_ubatch(p, tokens);
      llama_context_params.n_seq_max(p, maxTexts);
      // a single text may take all cells
      llama_context_params.kv_unified(p, true);
      llama_context_params.n_threads(p, threads.mostForOne());
      llama_context_params.n_threads_batch(p, threads.mostForSeveral());
      llama_context_params.embeddings(p, true);
      llama_context_params.pooling_type(p, pooling.nativeType());
      llama_context_params.no_perf(p, true);
      return new NativeContext(name, false, model, p, threads, arena, this::free);
    }
  }

  /** Takes a lease. */
  public void enter() {
    context.enter();
  }

  /** Releases a lease. */
  public void exit() {
    context.exit();
  }

  /** The tokens of a text, at most as many as can be embedded. */
  public int[] tokenize(String text) {
    return required(model.vocab().tokenize(text, false, contextSize, Duration.ZERO));
  }

  /**
   * The first tokens of a text.
   *
   * @param most how many, at most as many as can be embedded
   */
  public int[] tokenize(String text, int most) {
    return required(model.vocab().cut(model.vocab().tokenize(text, true, false), most));
  }

  private static int[] required(int[] tokens) {
    if (tokens.length == 0) {
      throw new InvalidValueException("text", "no tokens, must have at least 1");
    }
    return tokens;
  }

  /** Checks that there are not too many tokens, and that each is in the vocabulary. */
  public int[] checked(int[] tokens) {
    if (tokens.length == 0) {
      throw new InvalidValueException("tokens", "none, must have at least 1");
    }
    if (tokens.length > contextSize) {
      throw new PromptTooLongException(tokens.length, contextSize);
    }
    for (int token : tokens) {
      model.vocab().check("tokens", token);
    }
    return tokens;
  }

  /** The number of tokens in a text. */
  public int countTokens(String text) {
    return model.vocab().tokenize(text, true, false).length;
  }

  /** The vocabulary. */
  public Vocab vocab() {
    return model.vocab();
  }

  /** The template of a ranking model for a query and a document; null if it has none. */
  public @Nullable String rankTemplate() {
    return model.metadata().get("tokenizer.chat_template.rerank");
  }

  /** How many texts {@link #compute} takes at most. Needs no lease. */
  public int maxTexts() {
    return maxTexts;
  }

  /** How many tokens {@link #compute} should be given at once. Needs no lease. */
  public int batchTokens() {
    // only a GPU has a use for more
    return model.onGpu() ? batchSize : Math.min(batchSize, SMALL_BATCH);
  }

  /** Stops a running computation, and all later ones until {@link #forgetStop()}. */
  public void stop() {
    context.stop();
  }

  /** Cancels the effect of an earlier {@link #stop()}, but never that of a close. */
  public void forgetStop() {
    context.forgetStop();
  }

  /** Whether {@link #close()} was called. Needs no lease. */
  public boolean isClosed() {
    return context.isClosed();
  }

  /** Throws if a failure has left the context unusable. */
  public void requireUsable() {
    context.requireUsable();
  }

  /**
   * Computes texts when it is this context's turn.
   *
   * @param texts the tokens of each; several texts have at most as many as a batch together
   * @return the numbers of each text; null if it was stopped
   */
  public float @Nullable [][] compute(List<int[]> texts) {
    kvCache.clear();
    if (texts.size() == 1) {
      float[] numbers = computeInParts(texts.getFirst());
      return numbers == null ? null : new float[][] {numbers};
    }
    batch.clear();
    for (int i = 0; i < texts.size(); i++) {
      add(texts.get(i), 0, texts.get(i).length, i);
    }
    if (!decode()) {
      return null;
    }
    float[][] numbers = new float[texts.size()][];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = numbers(i);
    }
    return numbers;
  }

  /** Pools the parts of a text that is longer than a batch. */
  private float @Nullable [] computeInParts(int[] tokens) {
    double[] mean = new double[dimensions];
    float[] last = new float[dimensions];
    int to;
    for (int from = 0; from < tokens.length; from = to) {
      to = partEnd(tokens.length, from);
      batch.clear();
      add(tokens, from, to, 0);
      if (!decode()) {
        return null;
      }
      last = numbers(0);
      if (pooling == TokenPooling.CLS) {
        return last; // the first token does not depend on the others
      }
      double weight = (double) (to - from) / tokens.length;
      for (int i = 0; i < dimensions; i++) {
        mean[i] += weight * last[i];
      }
    }
    if (pooling == TokenPooling.MEAN) {
      for (int i = 0; i < dimensions; i++) {
        last[i] = (float) mean[i];
      }
    }
    return last;
  }

  /** Where the part from here on ends. In an encoder, tokens see those after them. */
  private int partEnd(int length, int from) {
    boolean small = model.kind().generates() && turn.shared();
    return Math.min(length, from + (small ? Math.min(batchSize, SMALL_BATCH) : batchSize));
  }

  private void add(int[] tokens, int from, int to, int sequence) {
    for (int i = from; i < to; i++) {
      batch.add(tokens[i], i, sequence, true);
    }
  }

  private boolean decode() {
    if (!turn.take(context.processors(batch.size()), context::isStopped)) {
      return false;
    }
    try {
      return context.decode(batch.segment(), batch.size());
    } finally {
      turn.release();
    }
  }

  private float[] numbers(int sequence) {
    // the first is read behind the barrier, and awaits what runs on a device
    MemorySegment numbers =
        sequence == 0
            ? LibLlama.ls_embedding(context.segment(), context.error().segment())
            : LibLlama.llama_get_embeddings_seq(
                LibLlama.ls_context_llama(context.segment()), sequence);
    if (numbers.equals(MemorySegment.NULL)) {
      throw context.failure();
    }
    return numbers.reinterpret(dimensions * C_FLOAT.byteSize()).toArray(C_FLOAT);
  }

  /** How many numbers {@link #compute} gives. Needs no lease. */
  public int dimensions() {
    return dimensions;
  }

  /** The maximum number of tokens in a text. Needs no lease. */
  public int contextSize() {
    return contextSize;
  }

  /**
   * Stops a running computation, waits for its thread to leave native code, and frees the context.
   * Any number of times.
   */
  public void close() {
    context.close(() -> onClose.run());
  }

  /** Sets an action that a close runs in addition, while a thread may still be inside. */
  public void onClose(Runnable action) {
    onClose = action;
  }

  private void free() {
    try {
      context.free();
    } finally {
      model.freed(this);
    }
  }
}
