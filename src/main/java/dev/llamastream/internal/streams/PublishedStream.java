package dev.llamastream.internal.streams;

import java.util.Iterator;

/**
 * A stream that a {@link StreamPublisher} pulls from.
 *
 * @param <T> what a pull gives
 */
public interface PublishedStream<T> {

  /** What the stream gives. Each pull decodes as much as it needs. */
  Iterator<T> elements();

  /** Whether it is certain that nothing is left. Decodes nothing. */
  boolean exhausted();

  /** Whether an element says only that the stream was ended from outside. */
  boolean isMereEnd(T element);

  /**
   * Runs an action once when the stream has ended, for any reason; at once if it already has.
   *
   * @param action must not block
   */
  void onEnd(Runnable action);

  /** Ends the stream. Any thread may call it. */
  void close();
}
