package dev.llamastream.engine;

import dev.llamastream.StreamStats;
import java.time.Duration;

/**
 * Receives an engine's events, for metrics. The engine calls it on its own thread, except for
 * {@link #onRejected()}: a slow listener slows all streams. The engine logs an exception thrown
 * here and continues.
 *
 * @since 0.1.0
 */
public interface EngineListener {

  /** A request was refused because the queue is full. Called on the requester's thread. */
  default void onRejected() {}

  /** A stream left the queue for the first time, after waiting this long. */
  default void onBegin(Duration waited) {}

  /**
   * The model ran once.
   *
   * @param promptTokens how many prompt tokens it computed
   * @param streams how many streams it decoded a token for
   * @param elapsed how long it took, with the wait for other engines and embedders of this process
   */
  default void onStep(int promptTokens, int streams, Duration elapsed) {}

  /** A stream ended. */
  default void onEnd(StreamStats stats) {}
}
