package dev.llamastream;

import static java.util.Objects.requireNonNull;

import dev.llamastream.internal.Check;
import dev.llamastream.internal.TextCheck;
import dev.llamastream.internal.embedding.TextBatches;
import dev.llamastream.internal.ffm.EmbeddingHandle;
import dev.llamastream.internal.ffm.LeakReport;
import dev.llamastream.internal.generation.RankedPair;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * Scores how well documents answer a query, with a model that was trained for it (a cross-encoder).
 * It reads the query and a document together, so it knows more than the distance of two embeddings,
 * and takes longer: let an {@link Embedder} find candidates first.
 *
 * <p>Has its own native context. Short documents are computed together, those of several threads
 * too, so the last bits of a score depend on the documents that were computed with it. Calls from
 * several threads take turns: a long list does not hold up the others. While an {@code Engine} or
 * an embedder of this process computes as well, each gets the same time.
 *
 * <p>Thread-safe. Any thread may call {@link #close()} at any time, and may close the model.
 *
 * @since 0.1.0
 */
public final class Reranker implements AutoCloseable {

  private final EmbeddingHandle handle;
  private final TextBatches batches;
  private final LeakReport leakReport = LeakReport.watch(this, "Reranker");

  private Reranker(EmbeddingHandle handle) {
    this.handle = handle;
    this.batches = new TextBatches(handle, "the reranker");
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
    List<Relevance> all = scoreAll(query, documents);
    float[] scores = new float[all.size()];
    for (int i = 0; i < scores.length; i++) {
      scores[i] = all.get(i).score();
    }
    return scores;
  }

  /**
   * Scores documents as {@link #score(String, List)} does, and tells how many tokens each has with
   * the query.
   *
   * @throws RuntimeException as {@link #score(String, String)} does
   */
  public List<Relevance> scoreAll(String query, List<String> documents) {
    return scoreAll(query, documents, pair -> pair::with);
  }

  /**
   * Scores documents as {@link #scoreAll(String, List)} does, but uses only the beginning of
   * documents that are too long. The query must fit.
   *
   * @param maxTokens how many tokens are used of a query with a document. Range [1, {@link
   *     #contextSize()}]
   * @throws PromptTooLongException if the query leaves no room for a document
   */
  public List<Relevance> scoreAll(String query, List<String> documents, int maxTokens) {
    Check.range("maxTokens", maxTokens, 1, contextSize());
    return scoreAll(query, documents, pair -> document -> pair.with(document, maxTokens));
  }

  private List<Relevance> scoreAll(
      String query, List<String> documents, Function<RankedPair, Function<String, int[]>> pairing) {
    TextCheck.check("query", query);
    List<String> checked = Check.listOf("documents", documents);
    checked.forEach(document -> TextCheck.check("documents", document));
    handle.enter();
    try {
      Function<String, int[]> pair = pairing.apply(new RankedPair(handle, query));
      List<int[]> tokens =
          checked.stream().map(document -> required(pair.apply(document))).toList();
      float[][] numbers = batches.compute(tokens);
      return IntStream.range(0, numbers.length)
          .mapToObj(i -> new Relevance(finite(numbers[i][0]), tokens.get(i).length))
          .toList();
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
      return required(new RankedPair(handle, query).with(document)).length;
    } finally {
      handle.exit();
    }
  }

  private static int[] required(int[] tokens) {
    if (tokens.length == 0) {
      throw new InvalidValueException("document", "no tokens, must have at least 1");
    }
    return tokens;
  }

  private static float finite(float score) {
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
