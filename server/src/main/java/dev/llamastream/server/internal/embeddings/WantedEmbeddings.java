package dev.llamastream.server.internal.embeddings;

import dev.llamastream.Prompt;
import dev.llamastream.server.internal.json.ApiError;
import java.util.List;

/**
 * The inputs that a request wants embedded.
 *
 * @param field the client's name of the inputs, for errors
 * @param inputs at most {@link #MAX_INPUTS}
 * @param dimensions the length of each embedding; 0 for the model's
 * @param truncateTo the number of tokens to which longer inputs are cut, at most as many as the
 *     model takes; 0 if they are refused
 */
public record WantedEmbeddings(String field, List<Prompt> inputs, int dimensions, int truncateTo) {

  /** How many inputs a request may have. */
  public static final int MAX_INPUTS = 2048;

  /** Cuts inputs to what the model takes. */
  public static final int TO_FIT = Integer.MAX_VALUE;

  /**
   * Checks the inputs.
   *
   * @throws ApiError 400 if there are too many, or one is an empty text
   */
  public WantedEmbeddings {
    if (inputs.size() > MAX_INPUTS) {
      throw ApiError.badField(field, inputs.size() + " texts, must be at most " + MAX_INPUTS);
    }
    if (inputs.contains(new Prompt.Text(""))) {
      throw ApiError.badField(field, "has an empty text");
    }
  }
}
