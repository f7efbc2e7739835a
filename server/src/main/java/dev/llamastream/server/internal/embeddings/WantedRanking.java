package dev.llamastream.server.internal.embeddings;

import dev.llamastream.server.internal.json.ApiError;
import java.util.List;

/**
 * The documents that a request wants ranked.
 *
 * @param field the client's name of the documents, for errors
 * @param documents at least one, at most 2048
 * @param top how many of the best are wanted, at least 1
 * @param truncateTo the number of tokens to which a query with a longer document is cut, at most as
 *     many as the model takes; 0 if it is refused
 */
public record WantedRanking(
    String query, String field, List<String> documents, int top, int truncateTo) {

  /**
   * Checks the documents.
   *
   * @throws ApiError 400 if there are none or too many
   */
  public WantedRanking {
    if (documents.isEmpty()) {
      throw ApiError.badField(field, "missing or empty, must have at least one text");
    }
    TextWork.checkCount(field, documents.size());
  }
}
