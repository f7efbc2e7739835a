package dev.llamastream.server;

import java.util.Locale;
import java.util.concurrent.atomic.LongAdder;

/**
 * What {@link LoadClient}s have done.
 *
 * @param whole answers that were read to their end
 * @param stalled answers that were not read for a while
 * @param killed requests whose connection the client closed
 * @param embedded embeddings
 * @param refused requests with status 429
 * @param tokens of all answers
 */
record LoadCounts(
    LongAdder whole,
    LongAdder stalled,
    LongAdder killed,
    LongAdder embedded,
    LongAdder refused,
    LongAdder tokens) {

  LoadCounts() {
    this(
        new LongAdder(),
        new LongAdder(),
        new LongAdder(),
        new LongAdder(),
        new LongAdder(),
        new LongAdder());
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "%s answers whole, %s stalled, %s killed, %s embeddings, %s refused, %s tokens",
        whole,
        stalled,
        killed,
        embedded,
        refused,
        tokens);
  }
}
