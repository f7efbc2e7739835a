package dev.llamastream.engine;

import dev.llamastream.StreamStats;
import java.time.Duration;

/**
 * Told what an engine does, for metrics. Called on the engine's own thread, except for {@link
 * #onRejected()}: whatever takes long here slows all streams. What it throws is logged and changes
 * nothing.
 *
 * @since 0.1.0
 */
public interface EngineListener {

  /** A request was refused: the queue is full. Called on the requester's thread. */
  default void onRejected() {}

  /** A stream leaves the queue for the first time, after waiting so long. */
  default void onBegin(Duration waited) {}

  /**
   * The model ran once.
   *
   * @param promptTokens how many prompt tokens it took in
   * @param streams how many streams it decoded one token of
   * @param elapsed how long it ran
   */
  default void onStep(int promptTokens, int streams, Duration elapsed) {}

  /** A stream has ended. */
  default void onEnd(StreamStats stats) {}
}
