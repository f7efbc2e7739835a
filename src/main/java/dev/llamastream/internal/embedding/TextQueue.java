package dev.llamastream.internal.embedding;

import dev.llamastream.internal.embedding.TextRequest.Text;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;

/**
 * Decides which texts are computed next. Requests take turns to begin a batch, and all of them fill
 * it up. A plain state machine, without threads or native code. Not thread-safe.
 */
final class TextQueue {

  /** Those with texts left, in the order in which they begin a batch. */
  private final Deque<TextRequest> waiting = new ArrayDeque<>();

  void add(TextRequest request) {
    waiting.add(request);
  }

  /** Forgets the texts of requests that have ended. */
  void dropEnded() {
    waiting.removeIf(request -> request.result().isDone());
  }

  boolean isEmpty() {
    return waiting.isEmpty();
  }

  /** All requests with texts left; there are none afterwards. */
  List<TextRequest> clear() {
    List<TextRequest> all = List.copyOf(waiting);
    waiting.clear();
    return all;
  }

  /**
   * The texts of the next batch; none if no text waits.
   *
   * @param tokens how many tokens they may have together; a longer text is alone
   * @param texts how many they may be
   */
  List<Text> next(int tokens, int texts) {
    List<Text> batch = new ArrayList<>();
    TextRequest first = waiting.poll();
    if (first == null) {
      return batch;
    }
    int room = tokens - first.nextLength();
    batch.add(first.next());
    if (first.hasNext()) {
      waiting.add(first);
    }
    int before;
    do {
      before = batch.size();
      for (Iterator<TextRequest> each = waiting.iterator();
          each.hasNext() && batch.size() < texts; ) {
        TextRequest request = each.next();
        if (request.nextLength() <= room) {
          room -= request.nextLength();
          batch.add(request.next());
          if (!request.hasNext()) {
            each.remove();
          }
        }
      }
    } while (batch.size() > before);
    return batch;
  }
}
