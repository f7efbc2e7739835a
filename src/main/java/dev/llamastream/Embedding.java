package dev.llamastream;

import static java.util.Objects.requireNonNull;

/**
 * The embedding of a text. Immutable as long as the array is not changed.
 *
 * @since 0.1.0
 */
public final class Embedding {

  private final float[] vector;
  private final int tokens;

  Embedding(float[] vector, int tokens) {
    this.vector = requireNonNull(vector, "vector");
    this.tokens = tokens;
  }

  /** The numbers: {@link Embedder#dimensions()} of them. Always the same array, not a copy. */
  public float[] vector() {
    return vector;
  }

  /** The number of tokens that were computed, with those that the model adds. */
  public int tokens() {
    return tokens;
  }
}
