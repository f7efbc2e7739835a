package dev.llamastream.engine;

import dev.llamastream.LlamaException;
import java.io.Serial;
import java.time.Duration;
import java.util.Locale;

/**
 * The queue of waiting requests is full. The engine has started nothing; try again later.
 *
 * @since 0.1.0
 */
public final class EngineOverloadedException extends LlamaException {
  @Serial private static final long serialVersionUID = 1L;

  private final int queueLength;
  private final Duration retryAfter;

  EngineOverloadedException(int queueLength, Duration retryAfter) {
    super(
        String.format(
            Locale.ROOT,
            "the engine is overloaded: %d requests are waiting, try again in %d ms or so",
            queueLength,
            retryAfter.toMillis()));
    this.queueLength = queueLength;
    this.retryAfter = retryAfter;
  }

  /** How many requests are waiting. */
  public int queueLength() {
    return queueLength;
  }

  /**
   * When the queue may have room again: the recent duration of a stream divided by the number of
   * slots. An estimate, not a guarantee.
   */
  public Duration retryAfter() {
    return retryAfter;
  }
}
