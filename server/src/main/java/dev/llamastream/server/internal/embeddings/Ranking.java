package dev.llamastream.server.internal.embeddings;

import dev.llamastream.Relevance;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Ranked documents.
 *
 * @param best the best first, as many as wanted
 * @param tokens how many were computed for all documents
 */
public record Ranking(List<Ranked> best, int tokens) {

  /**
   * A document.
   *
   * @param index its place in the request
   */
  public record Ranked(int index, float score) {}

  static Ranking of(List<Relevance> all, int top) {
    List<Ranked> best =
        IntStream.range(0, all.size())
            .mapToObj(i -> new Ranked(i, all.get(i).score()))
            .sorted(Comparator.comparingDouble(ranked -> -ranked.score()))
            .limit(top)
            .toList();
    return new Ranking(best, all.stream().mapToInt(Relevance::tokens).sum());
  }
}
