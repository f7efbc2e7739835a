package dev.llamastream.langchain4j;

import static java.util.Objects.requireNonNull;

import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.model.output.Response;
import dev.langchain4j.model.output.TokenUsage;
import dev.langchain4j.model.scoring.ScoringModel;
import dev.llamastream.Relevance;
import dev.llamastream.Reranker;
import java.util.ArrayList;
import java.util.List;

/**
 * LangChain4j's scoring model over a {@link Reranker}, which it does not close: for instance for
 * its {@code ReRankingContentAggregator}. Thread-safe: calls from several threads take turns.
 *
 * <p>The range of the scores is the model's: see {@link Reranker}. Throws LangChain4j's exceptions,
 * as {@link LlamaEmbeddingModel} does.
 *
 * @since 0.1.0
 */
public final class LlamaScoringModel implements ScoringModel {

  private final Reranker reranker;

  private LlamaScoringModel(Reranker reranker) {
    this.reranker = reranker;
  }

  /** The model over a reranker. */
  public static LlamaScoringModel of(Reranker reranker) {
    return new LlamaScoringModel(requireNonNull(reranker, "reranker"));
  }

  @Override
  public Response<List<Double>> scoreAll(List<TextSegment> segments, String query) {
    List<String> texts = segments.stream().map(TextSegment::text).toList();
    try {
      int tokens = 0;
      List<Double> scores = new ArrayList<>();
      for (Relevance relevance : reranker.scoreAll(query, texts)) {
        scores.add((double) relevance.score());
        tokens += relevance.tokens();
      }
      return Response.from(scores, new TokenUsage(tokens));
    } catch (RuntimeException e) {
      throw Failures.of(e);
    }
  }
}
