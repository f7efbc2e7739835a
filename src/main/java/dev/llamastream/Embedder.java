package dev.llamastream;

import static java.util.Objects.requireNonNull;

import dev.llamastream.internal.Check;
import dev.llamastream.internal.ffm.EmbeddingHandle;
import dev.llamastream.internal.ffm.LeakReport;
import java.util.ArrayList;
import java.util.List;

/**
 * Turns texts into embeddings: vectors that lie close to each other where the texts mean similar
 * things. Made for embedding models; of one that generates text the embeddings are less telling.
 *
 * <p>Has a native context of its own. Thread-safe: texts of several threads take turns. {@link
 * #close()} may come from any thread at any moment, and so may the model's.
 *
 * @since 0.1.0
 */
public final class Embedder implements AutoCloseable {

  private final EmbeddingHandle handle;
  private final boolean normalize;
  private final LeakReport leakReport = LeakReport.watch(this, "Embedder");

  private Embedder(EmbeddingHandle handle, boolean normalize) {
    this.handle = handle;
    this.normalize = normalize;
  }

  /** Opens one with all defaults: {@link #open(Model, EmbedderParams)}. */
  public static Embedder open(Model model) {
    return open(model, EmbedderParams.defaults());
  }

  /**
   * Opens one.
   *
   * @throws ContextCreationException if the model cannot do it (it was loaded with vocabOnly, it
   *     has an encoder and a decoder, it ranks texts), or if there is not enough memory
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

  /** Length of an embedding. Usable after close too. */
  public int dimensions() {
    return handle.dimensions();
  }

  /** How many tokens one text may have. Usable after close too. */
  public int contextSize() {
    return handle.contextSize();
  }

  /**
   * The embedding of a text: {@link #dimensions()} numbers. The tokens that the model wants around
   * a text are added; special tokens written in it are plain text.
   *
   * @throws IllegalArgumentException if the text has half a surrogate pair or a NUL, or no tokens
   * @throws PromptTooLongException if it has more than {@link #contextSize()} tokens
   * @throws GenerationException if the model failed, or gave what is no finite number
   * @throws java.util.concurrent.CancellationException if the thread is interrupted; its interrupt
   *     status stays set
   * @throws IllegalStateException if this embedder is closed, also while it computes
   */
  public float[] embed(String text) {
    TextCheck.check("text", text);
    handle.enter();
    try {
      return embedTokens(handle.tokenize(text));
    } finally {
      handle.exit();
    }
  }

  /**
   * The embedding of token ids, taken as they are: {@link #dimensions()} numbers.
   *
   * @throws IllegalArgumentException if there are none, or one is not in the vocabulary
   * @throws PromptTooLongException if there are more than {@link #contextSize()}
   * @throws RuntimeException as {@link #embed(String)} does
   */
  public float[] embed(int[] tokens) {
    requireNonNull(tokens, "tokens");
    handle.enter();
    try {
      return embedTokens(handle.checked(tokens.clone()));
    } finally {
      handle.exit();
    }
  }

  /**
   * The embeddings of texts, in their order. All are checked before the first is computed.
   *
   * @throws RuntimeException as {@link #embed(String)} does
   */
  public List<float[]> embed(List<String> texts) {
    List<String> checked = Check.listOf("texts", texts);
    checked.forEach(text -> TextCheck.check("texts", text));
    handle.enter();
    try {
      List<int[]> tokens = checked.stream().map(handle::tokenize).toList();
      List<float[]> embeddings = new ArrayList<>(tokens.size());
      for (int[] text : tokens) {
        embeddings.add(embedTokens(text));
      }
      return embeddings;
    } finally {
      handle.exit();
    }
  }

  /** How many tokens {@link #embed(String)} sees in a text, with those that the model adds. */
  public int countTokens(String text) {
    TextCheck.check("text", text);
    handle.enter();
    try {
      return handle.countTokens(text);
    } finally {
      handle.exit();
    }
  }

  private float[] embedTokens(int[] tokens) {
    float[] embedding = handle.embed(tokens);
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
   * Stops what is running, waits until no thread is inside native code, and frees the memory. Any
   * thread, any number of times.
   */
  @Override
  public void close() {
    leakReport.closed();
    handle.close();
  }
}
