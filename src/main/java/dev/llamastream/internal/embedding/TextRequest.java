package dev.llamastream.internal.embedding;

import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;

/**
 * The texts of one caller. They are computed longest first, so a batch has texts of similar length.
 * Not thread-safe, except its result.
 */
final class TextRequest {

  private final List<int[]> texts;
  private final int[] order;
  private final float[][] numbers;
  private final CompletableFuture<float[][]> result = new CompletableFuture<>();
  private int given;
  private int computed;

  /**
   * A request.
   *
   * @param texts the tokens of each, at least one
   */
  TextRequest(List<int[]> texts) {
    this.texts = texts;
    order =
        IntStream.range(0, texts.size())
            .boxed()
            .sorted(Comparator.comparingInt(i -> -texts.get(i).length))
            .mapToInt(Integer::intValue)
            .toArray();
    numbers = new float[texts.size()][];
  }

  /** One of its texts, for a batch. */
  record Text(TextRequest request, int index) {

    int[] tokens() {
      return request.texts.get(index);
    }

    /** Takes what was computed. */
    void done(float[] numbers) {
      request.numbers[index] = numbers;
      if (++request.computed == request.numbers.length) {
        request.result.complete(request.numbers);
      }
    }
  }

  boolean hasNext() {
    return given < order.length;
  }

  /** The number of tokens in the next text. */
  int nextLength() {
    return texts.get(order[given]).length;
  }

  Text next() {
    return new Text(this, order[given++]);
  }

  /**
   * What is computed of each text, in the caller's order. Whoever completes it ends the request.
   */
  CompletableFuture<float[][]> result() {
    return result;
  }
}
