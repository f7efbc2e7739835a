package dev.llamastream.internal.embedding;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llamastream.internal.embedding.TextRequest.Text;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TextQueueTest {

  private final TextQueue queue = new TextQueue();

  private TextRequest add(int... lengths) {
    TextRequest request =
        new TextRequest(IntStream.of(lengths).mapToObj(length -> new int[length]).toList());
    queue.add(request);
    return request;
  }

  private List<Integer> next(int tokens) {
    return lengths(queue.next(tokens, 100));
  }

  private static List<Integer> lengths(List<Text> batch) {
    return batch.stream().map(text -> text.tokens().length).toList();
  }

  @Test
  void textsOfSimilarLength() {
    add(1, 5, 3, 4);
    assertThat(next(8)).containsExactly(5);
    assertThat(next(8)).containsExactly(4, 3, 1);
    assertThat(next(8)).isEmpty();
    assertThat(queue.isEmpty()).isTrue();
  }

  @Test
  void requestsTakeTurns() {
    add(8, 8, 8);
    add(7, 7);
    add(6);
    assertThat(IntStream.range(0, 6).mapToObj(_ -> next(8)))
        .containsExactly(List.of(8), List.of(7), List.of(6), List.of(8), List.of(7), List.of(8));
  }

  @Test
  void othersFillABatch() {
    add(5, 5);
    add(2, 2, 2);
    assertThat(next(10)).containsExactly(5, 2, 2);
    assertThat(next(10)).containsExactly(2, 5);
  }

  @Test
  void aLongTextIsAlone() {
    add(1);
    add(100);
    add(1);
    assertThat(next(8)).containsExactly(1, 1);
    assertThat(next(8)).containsExactly(100);
  }

  @Test
  void noMoreTextsThanAsked() {
    add(1, 1, 1);
    add(1, 1);
    assertThat(lengths(queue.next(100, 2))).hasSize(2);
    assertThat(lengths(queue.next(100, 2))).hasSize(2);
    assertThat(lengths(queue.next(100, 2))).hasSize(1);
  }

  @Test
  void endedRequestsAreDropped() {
    TextRequest ended = add(1, 2);
    add(3);
    ended.result().cancel(false);
    queue.dropEnded();
    assertThat(next(100)).containsExactly(3);
  }

  @Test
  void everyTextOnce() {
    Random random = new Random(1);
    List<TextRequest> requests = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      requests.add(add(random.ints(1 + random.nextInt(20), 1, 40).toArray()));
    }
    for (List<Text> batch = queue.next(64, 8); !batch.isEmpty(); batch = queue.next(64, 8)) {
      assertThat(batch).hasSizeLessThanOrEqualTo(8);
      assertThat(lengths(batch).stream().mapToInt(i -> i).sum()).isLessThanOrEqualTo(64);
      batch.forEach(text -> text.done(new float[] {text.tokens().length, text.index()}));
    }
    for (TextRequest request : requests) {
      float[][] numbers = request.result().join();
      for (int i = 0; i < numbers.length; i++) {
        assertThat(numbers[i][1]).isEqualTo(i);
      }
    }
  }
}
