package dev.llamastream.server.internal.embeddings;

import dev.llamastream.Relevance;
import dev.llamastream.Reranker;
import dev.llamastream.server.internal.http.Request;
import dev.llamastream.server.internal.json.ApiError;
import java.util.List;
import java.util.function.Function;

/** Ranks the documents of requests of all forms. Thread-safe. */
public final class Rankings implements AutoCloseable {

  private final TextWork<Reranker> work =
      new TextWork<>(
          Reranker.class,
          Reranker::open,
          e ->
              new ApiError(
                  400, "invalid_request_error", "no_ranking", String.valueOf(e.getMessage())));

  /**
   * Ranks a request's documents and replies. Releases the request's body. Ends when the client
   * disconnects.
   *
   * @param json writes the body of the reply
   * @throws ApiError 400 if the model does not rank, or a text is refused; 429 if the texts of
   *     other requests leave no room; 503 after close
   */
  public void answer(Request request, WantedRanking wanted, Function<Ranking, String> json)
      throws InterruptedException {
    work.answer(
        request,
        wanted.documents(),
        wanted.field(),
        (reranker, documents) -> score(reranker, documents, wanted),
        Relevance::tokens,
        all -> json.apply(Ranking.of(all, wanted.top())));
  }

  private static List<Relevance> score(
      Reranker reranker, List<String> documents, WantedRanking wanted) {
    return wanted.truncateTo() == 0
        ? reranker.scoreAll(wanted.query(), documents)
        : reranker.scoreAll(
            wanted.query(), documents, Math.min(wanted.truncateTo(), reranker.contextSize()));
  }

  /** Takes no more requests. Any number of times. */
  @Override
  public void close() {
    work.close();
  }
}
