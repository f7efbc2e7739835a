package dev.llamastream.spark;

import dev.llamastream.StreamStats;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.linalg.Vectors;
import org.jspecify.annotations.Nullable;

/**
 * What a row gets.
 *
 * @param text null in the mode {@code embed}, and with an error
 * @param embedding null in all modes except {@code embed}, and with an error
 * @param error null if all went well
 * @param finishReason null if nothing was generated
 */
record RowAnswer(
    @Nullable String text,
    @Nullable Vector embedding,
    @Nullable String error,
    @Nullable String finishReason,
    StreamStats stats) {

  private static final StreamStats NOTHING = StreamStats.builder().build();

  /** For a row without a text. */
  static final RowAnswer NULL = new RowAnswer(null, null, null, null, NOTHING);

  static RowAnswer embedding(float[] embedding, int tokens) {
    double[] wide = new double[embedding.length];
    for (int i = 0; i < wide.length; i++) {
      wide[i] = embedding[i];
    }
    return new RowAnswer(
        null, Vectors.dense(wide), null, null, StreamStats.builder().promptTokens(tokens).build());
  }

  static RowAnswer failed(RuntimeException failure) {
    String message = failure.getMessage();
    String error = message == null || message.isEmpty() ? failure.toString() : message;
    return new RowAnswer(null, null, error, null, NOTHING);
  }
}
