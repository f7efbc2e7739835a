package dev.llamastream.store;

import java.time.Duration;
import java.util.Optional;

/**
 * How far a pull has come.
 *
 * @param doneBytes how much of all files is here, an earlier pull's part included
 * @param totalBytes the size of all files
 * @param bytesPerSecond the speed of the last seconds; 0 before it is known
 * @since 0.1.0
 */
public record PullProgress(long doneBytes, long totalBytes, double bytesPerSecond) {

  /** The time that the rest takes at this speed; empty while the speed is not known. */
  public Optional<Duration> remaining() {
    if (!(bytesPerSecond > 0)) {
      return Optional.empty();
    }
    double seconds = (totalBytes - doneBytes) / bytesPerSecond;
    return Optional.of(Duration.ofMillis((long) (seconds * 1000)));
  }
}
