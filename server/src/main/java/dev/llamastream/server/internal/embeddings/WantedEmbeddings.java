package dev.llamastream.server.internal.embeddings;

import dev.llamastream.Prompt;
import dev.llamastream.server.internal.json.ApiError;
import java.util.List;

/**
 * The inputs that a request wants embedded.
 *
 * @param field the client's name of the inputs, for errors
 * @param inputs at most 2048
 * @param dimensions the length of each embedding; 0 for the model's
 * @param truncateTo the number of tokens to which longer inputs are cut, at most as many as the
 *     model takes ({@link Truncation#TO_FIT}); 0 if they are refused
 */
public record WantedEmbeddings(String field, List<Prompt> inputs, int dimensions, int truncateTo) {

  /**
   * Checks the inputs.
   *
   * @throws ApiError 400 if there are too many, or one is an empty text
   */
  public WantedEmbeddings {
    TextWork.checkCount(field, inputs.size());
    if (inputs.contains(new Prompt.Text(""))) {
      throw ApiError.badField(field, "has an empty text");
    }
  }
}
