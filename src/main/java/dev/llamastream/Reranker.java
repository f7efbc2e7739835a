package dev.llamastream;

import static java.util.Objects.requireNonNull;

import dev.llamastream.internal.Check;
import dev.llamastream.internal.TextCheck;
import dev.llamastream.internal.ffm.EmbeddingHandle;
import dev.llamastream.internal.ffm.LeakReport;
import dev.llamastream.internal.generation.RankedPair;
import java.util.List;

/**
 * Scores how well documents answer a query, with a model that was trained for it (a cross-encoder).
 * It reads the query and a document together, so it knows more than the distance of two embeddings,
 * and takes longer: let an {@link Embedder} find candidates first.
 *
 * <p>Has its own native context. Thread-safe: calls from several threads take turns. Any thread may
 * call {@link #close()} at any time, and may close the model.
 *
 * @since 0.1.0
 */
public final class Reranker implements AutoCloseable {

  private final EmbeddingHandle handle;
  private final LeakReport leakReport = LeakReport.watch(this, "Reranker");

  private Reranker(EmbeddingHandle handle) {
    this.handle = handle;
  }

  /** Opens a reranker with all defaults: {@link #open(Model, RerankerParams)}. */
  public static Reranker open(Model model) {
    return open(model, RerankerParams.defaults());
  }

  /**
   * Opens a reranker.
   *
   * @throws ContextCreationException if memory is short, or the model has no classifier that ranks
   *     texts
   * @throws IllegalStateException if the model is closed
   */
  public static Reranker open(Model model, RerankerParams params) {
    requireNonNull(model, "model");
    requireNonNull(params, "params");
    model.handle().lifetime().acquire();
    try {
      return new Reranker(EmbeddingHandle.open(model.handle(), params));
    } finally {
      model.handle().lifetime().release();
    }
  }

  /** The maximum number of tokens in a query with one document. Also works after close. */
  public int contextSize() {
    return handle.contextSize();
  }

  /**
   * Scores a document. The higher the score, the better it answers the query. The range is the
   * model's own: most models give logits, some give probabilities. Scores of different models do
   * not compare.
   *
   * <p>Puts both texts into the model's template, if it has one. Control tokens that are written in
   * them stay text.
   *
   * @throws IllegalArgumentException if a text has half a surrogate pair or a NUL, or there are no
   *     tokens at all
   * @throws PromptTooLongException if there are more than {@link #contextSize()} tokens
   * @throws GenerationException if the model failed, or returned a number that is not finite
   * @throws java.util.concurrent.CancellationException if the thread is interrupted; its interrupt
   *     status stays set
   * @throws IllegalStateException if this reranker is closed, also during the computation
   */
  public float score(String query, String document) {
    return score(query, List.of(document))[0];
  }

  /**
   * Scores documents, in their order. Checks all texts before it computes the first.
   *
   * @throws RuntimeException as {@link #score(String, String)} does
   */
  public float[] score(String query, List<String> documents) {
    TextCheck.check("query", query);
    List<String> checked = Check.listOf("documents", documents);
    checked.forEach(document -> TextCheck.check("documents", document));
    handle.enter();
    try {
      RankedPair pair = new RankedPair(handle, query);
      List<int[]> tokens = checked.stream().map(document -> tokens(pair, document)).toList();
      float[] scores = new float[tokens.size()];
      for (int i = 0; i < scores.length; i++) {
        scores[i] = score(tokens.get(i));
      }
      return scores;
    } finally {
      handle.exit();
    }
  }

  /** The number of tokens that {@link #score} computes for a query with a document. */
  public int countTokens(String query, String document) {
    TextCheck.check("query", query);
    TextCheck.check("document", document);
    handle.enter();
    try {
      return tokens(new RankedPair(handle, query), document).length;
    } finally {
      handle.exit();
    }
  }

  private static int[] tokens(RankedPair pair, String document) {
    int[] tokens = pair.with(document);
    if (tokens.length == 0) {
      throw new InvalidValueException("document", "no tokens, must have at least 1");
    }
    return tokens;
  }

  private float score(int[] tokens) {
    float score = handle.embed(tokens)[0];
    if (!Float.isFinite(score)) {
      throw new GenerationException("the model gave a score that is not finite");
    }
    return score;
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
