package dev.llamastream.internal.ffm;

import static dev.llamastream.internal.bindings.LibLlama.C_FLOAT;
import static dev.llamastream.internal.bindings.LibLlama.C_INT;

import dev.llamastream.ContextCreationException;
import dev.llamastream.ContextParams;
import dev.llamastream.EmbedderParams;
import dev.llamastream.InvalidValueException;
import dev.llamastream.PromptTooLongException;
import dev.llamastream.RerankerParams;
import dev.llamastream.internal.bindings.LibLlama;
import dev.llamastream.internal.bindings.llama_batch;
import dev.llamastream.internal.bindings.llama_context_params;
import dev.llamastream.internal.natives.NativeLog;
import dev.llamastream.internal.threads.StepThreads;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.CancellationException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * An {@code ls_context} that makes a few numbers of each text: its embedding, or how a classifier
 * judges it. Thread-safe: every method needs a lease unless it says otherwise, and the computations
 * take turns.
 */
public final class EmbeddingHandle {

  /**
   * libllama computes the logits of every token along with its embedding: at most 128 MiB of them.
   */
  private static final int MAX_LOGITS = 1 << 25;

  private final ModelHandle model;
  private final String name;
  private final TokenPooling pooling;
  private final int dimensions;
  private final int contextSize;
  private final int batchSize;
  private final Arena arena;
  private final NativeContext context;
  private final MemorySegment batch;
  private final MemorySegment batchTokens;
  private final ReentrantLock turn = new ReentrantLock();

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
    context = create(shape.threads());
    batchTokens = arena.allocate(C_INT, batchSize);
    // without positions, sequences and outputs, llama.cpp uses sequence 0, the next positions, and
    // all tokens
    batch = llama_batch.allocate(arena);
    llama_batch.token(batch, batchTokens);
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

  private NativeContext create(int wantedThreads) {
    try (Arena temporary = Arena.ofConfined()) {
      StepThreads threads = new StepThreads(wantedThreads, wantedThreads);
      MemorySegment p = LibLlama.llama_context_default_params(temporary);
      llama_context_params.n_ctx(p, contextSize);
      llama_context_params.n_batch(p, batchSize);
      // pooling sees one micro-batch
      llama_context_params.n_ubatch(p, batchSize);
      llama_context_params.n_seq_max(p, 1);
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
    int[] tokens = model.vocab().tokenize(text, false, contextSize, Duration.ZERO);
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

  /** What is computed of tokens from {@link #tokenize}. */
  public float[] embed(int[] tokens) {
    try {
      turn.lockInterruptibly();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw interrupted();
    }
    InterruptWatch.Entry watched = InterruptWatch.begin(context::stop);
    try {
      while (true) {
        context.requireUsable();
        context.forgetStop();
        float[] embedding = pooled(tokens);
        if (embedding != null) {
          return embedding;
        }
        if (context.isClosed()) {
          throw new IllegalStateException(name + " is closed");
        }
        if (Thread.currentThread().isInterrupted()) {
          throw interrupted();
        }
        // the stop was meant for the previous computation
      }
    } finally {
      InterruptWatch.end(watched);
      turn.unlock();
    }
  }

  private static CancellationException interrupted() {
    return new CancellationException("the thread was interrupted");
  }

  /** Null if it was stopped. */
  private float @Nullable [] pooled(int[] tokens) {
    new KvCache(context).clear();
    double[] mean = new double[dimensions];
    float[] last = new float[dimensions];
    for (int from = 0; from < tokens.length; from += batchSize) {
      int to = Math.min(tokens.length, from + batchSize);
      if (!decode(tokens, from, to)) {
        return null;
      }
      last = embedding();
      if (pooling == TokenPooling.CLS) {
        break; // the first token does not depend on the others
      }
      if (pooling == TokenPooling.MEAN) {
        double weight = (double) (to - from) / tokens.length;
        for (int i = 0; i < dimensions; i++) {
          mean[i] += weight * last[i];
        }
      }
    }
    if (pooling == TokenPooling.MEAN) {
      for (int i = 0; i < dimensions; i++) {
        last[i] = (float) mean[i];
      }
    }
    return last;
  }

  private boolean decode(int[] tokens, int from, int to) {
    MemorySegment.copy(tokens, from, batchTokens, C_INT, 0, to - from);
    llama_batch.n_tokens(batch, to - from);
    return context.decode(batch, to - from);
  }

  private float[] embedding() {
    MemorySegment embedding = LibLlama.ls_embedding(context.segment(), context.error().segment());
    if (embedding.equals(MemorySegment.NULL)) {
      throw context.failure();
    }
    return embedding.reinterpret(dimensions * C_FLOAT.byteSize()).toArray(C_FLOAT);
  }

  /** How many numbers {@link #embed} gives. Needs no lease. */
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
    context.close(() -> {});
  }

  private void free() {
    try {
      context.free();
    } finally {
      model.freed(this);
    }
  }
}
