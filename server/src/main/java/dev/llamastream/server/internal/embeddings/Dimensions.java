package dev.llamastream.server.internal.embeddings;

import java.util.Arrays;

/**
 * Shortens embeddings, for models that were trained so that the first numbers carry most of the
 * meaning (Matryoshka representation learning).
 */
final class Dimensions {

  private Dimensions() {}

  /**
   * The first numbers of an embedding, scaled to length 1 again.
   *
   * @param dimensions how many; 0 for all, which stay as they are
   */
  static float[] cut(float[] vector, int dimensions) {
    if (dimensions == 0 || dimensions == vector.length) {
      return vector;
    }
    float[] first = Arrays.copyOf(vector, dimensions);
    double squares = 0;
    for (float value : first) {
      squares += (double) value * value;
    }
    if (squares > 0) {
      double length = Math.sqrt(squares);
      for (int i = 0; i < first.length; i++) {
        first[i] = (float) (first[i] / length);
      }
    }
    return first;
  }
}
