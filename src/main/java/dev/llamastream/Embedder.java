package dev.llamastream;

import static java.util.Objects.requireNonNull;

import dev.llamastream.internal.Check;
import dev.llamastream.internal.TextCheck;
import dev.llamastream.internal.embedding.TextBatches;
import dev.llamastream.internal.ffm.EmbeddingHandle;
import dev.llamastream.internal.ffm.LeakReport;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/**
 * Turns texts into embeddings: vectors that lie close to each other for texts of similar meaning.
 * Intended for embedding models; the embeddings of a model that generates text say less about
 * meaning.
 *
 * <p>Has its own native context. Short texts are computed together, those of several threads too,
 * so the last bits of an embedding depend on the texts that were computed with it. Calls from
 * several threads take turns: a long list does not hold up the others. While an {@code Engine} or
 * another embedder of this process computes as well, each gets the same time.
 *
 * <p>Thread-safe. Any thread may call {@link #close()} at any time, and may close the model.
 *
 * @since 0.1.0
 */
public final class Embedder implements AutoCloseable {

  private final EmbeddingHandle handle;
  private final TextBatches batches;
  private final boolean normalize;
  private final LeakReport leakReport = LeakReport.watch(this, "Embedder");

  private Embedder(EmbeddingHandle handle, boolean normalize) {
    this.handle = handle;
    this.batches = new TextBatches(handle, "the embedder");
    this.normalize = normalize;
  }

  /** Opens an embedder with all defaults: {@link #open(Model, EmbedderParams)}. */
  public static Embedder open(Model model) {
    return open(model, EmbedderParams.defaults());
  }

  /**
   * Opens an embedder.
   *
   * @throws ContextCreationException if memory is short, or the model cannot embed: it was loaded
   *     with vocabOnly, has an encoder and a decoder, or ranks texts
   * @throws IllegalStateException if the model is closed
   */
  public static Embedder open(Model model, EmbedderParams params) {
    requireNonNull(model, "model");
    requireNonNull(params, "params");
    model.handle().lifetime().acquire();
    try {
      return new Embedder(EmbeddingHandle.open(model.handle(), params), params.normalize());
    } finally {
      model.handle().lifetime().release();
    }
  }

  /** The length of an embedding. Also works after close. */
  public int dimensions() {
    return handle.dimensions();
  }

  /** The maximum number of tokens in one text. Also works after close. */
  public int contextSize() {
    return handle.contextSize();
  }

  /**
   * Computes the embedding of a text: {@link #dimensions()} numbers. Adds the tokens that the model
   * wants around a text. Special tokens written in the text are plain text.
   *
   * @throws IllegalArgumentException if the text has half a surrogate pair or a NUL, or no tokens
   * @throws PromptTooLongException if it has more than {@link #contextSize()} tokens
   * @throws GenerationException if the model failed, or returned a number that is not finite
   * @throws java.util.concurrent.CancellationException if the thread is interrupted; its interrupt
   *     status stays set
   * @throws IllegalStateException if this embedder is closed, also during the computation
   */
  public float[] embed(String text) {
    TextCheck.check("text", text);
    handle.enter();
    try {
      return embedTokens(List.of(handle.tokenize(text))).getFirst().vector();
    } finally {
      handle.exit();
    }
  }

  /**
   * Computes the embedding of token ids, which are taken as they are: {@link #dimensions()}
   * numbers.
   *
   * @throws IllegalArgumentException if the array is empty, or an id is not in the vocabulary
   * @throws PromptTooLongException if it has more than {@link #contextSize()} tokens
   * @throws RuntimeException as {@link #embed(String)} does
   */
  public float[] embed(int[] tokens) {
    requireNonNull(tokens, "tokens");
    handle.enter();
    try {
      return embedTokens(List.of(handle.checked(tokens.clone()))).getFirst().vector();
    } finally {
      handle.exit();
    }
  }

  /**
   * Computes the embeddings of texts, in their order. Checks all texts before it computes the
   * first.
   *
   * @throws RuntimeException as {@link #embed(String)} does
   */
  public List<float[]> embed(List<String> texts) {
    List<String> checked = Check.listOf("texts", texts);
    checked.forEach(text -> TextCheck.check("texts", text));
    handle.enter();
    try {
      List<int[]> tokens = checked.stream().map(handle::tokenize).toList();
      return embedTokens(tokens).stream().map(Embedding::vector).toList();
    } finally {
      handle.exit();
    }
  }

  /**
   * Computes the embeddings of texts and token ids, in their order, and tells how many tokens each
   * has. Checks all inputs before it computes the first. Unlike in a generation, special tokens
   * written in a text are plain text.
   *
   * @throws RuntimeException as {@link #embed(String)} and {@link #embed(int[])} do
   */
  public List<Embedding> embedAll(List<Prompt> inputs) {
    return embedAll(inputs, handle::tokenize, handle::checked);
  }

  /**
   * Computes embeddings as {@link #embedAll(List)} does, but uses only the beginning of inputs that
   * are too long. A token that the model adds at the end of a text stays there.
   *
   * @param maxTokens how many tokens of an input are used, with those that the model adds. Range
   *     [1, {@link #contextSize()}]
   */
  public List<Embedding> embedAll(List<Prompt> inputs, int maxTokens) {
    Check.range("maxTokens", maxTokens, 1, contextSize());
    return embedAll(
        inputs,
        text -> handle.tokenize(text, maxTokens),
        ids -> handle.checked(ids.length > maxTokens ? Arrays.copyOf(ids, maxTokens) : ids));
  }

  private List<Embedding> embedAll(
      List<Prompt> inputs, Function<String, int[]> tokenize, UnaryOperator<int[]> check) {
    List<Prompt> all = Check.listOf("inputs", inputs);
    for (Prompt input : all) {
      if (input instanceof Prompt.Text(String text)) {
        TextCheck.check("inputs", text);
      }
    }
    handle.enter();
    try {
      return embedTokens(all.stream().map(input -> tokens(input, tokenize, check)).toList());
    } finally {
      handle.exit();
    }
  }

  private static int[] tokens(
      Prompt input, Function<String, int[]> tokenize, UnaryOperator<int[]> check) {
    return switch (input) {
      case Prompt.Text(String text) -> tokenize.apply(text);
      case Prompt.Tokens(List<Integer> ids) ->
          check.apply(ids.stream().mapToInt(Integer::intValue).toArray());
    };
  }

  /**
   * The number of tokens that {@link #embed(String)} computes for a text, with those that the model
   * adds.
   */
  public int countTokens(String text) {
    TextCheck.check("text", text);
    handle.enter();
    try {
      return handle.countTokens(text);
    } finally {
      handle.exit();
    }
  }

  private List<Embedding> embedTokens(List<int[]> texts) {
    float[][] vectors = batches.compute(texts);
    return IntStream.range(0, vectors.length)
        .mapToObj(i -> new Embedding(finished(vectors[i]), texts.get(i).length))
        .toList();
  }

  private float[] finished(float[] embedding) {
    double squares = 0;
    for (float value : embedding) {
      squares += (double) value * value;
    }
    if (!Double.isFinite(squares)) {
      throw new GenerationException("the model gave an embedding that is not finite");
    }
    if (normalize && squares > 0) {
      double length = Math.sqrt(squares);
      for (int i = 0; i < embedding.length; i++) {
        embedding[i] = (float) (embedding[i] / length);
      }
    }
    return embedding;
  }

  /**
   * Stops a running computation, waits until no thread is inside native code, and frees the memory.
   * Any thread may call it, any number of times.
   */
  @Override
  public void close() {
    leakReport.closed();
    handle.close();
  }
}
