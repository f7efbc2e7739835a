package dev.llamastream.store;

import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/**
 * How far a pull has come.
 *
 * @param doneBytes how much of all files is here, an earlier pull's part included
 * @param totalBytes the size of all files; -1 if a server does not say
 * @param bytesPerSecond the speed of the last seconds; 0 before it is known
 * @since 0.1.0
 */
public record PullProgress(long doneBytes, long totalBytes, double bytesPerSecond) {

  /** The time that the rest takes at this speed; empty while speed or size are not known. */
  public Optional<Duration> remaining() {
    if (!(bytesPerSecond > 0) || totalBytes < 0) {
      return Optional.empty();
    }
    double seconds = (totalBytes - doneBytes) / bytesPerSecond;
    return Optional.of(Duration.ofMillis((long) (seconds * 1000)));
  }

  /** How many tenths of it are here; 0 if the size is not known. */
  public long tenth() {
    return totalBytes > 0 ? doneBytes * 10 / totalBytes : 0;
  }

  /** For people: {@code 45 % 1.9 GB 12.1 MB/s 3:04 left}. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    if (totalBytes > 0) {
      text.append(doneBytes * 100 / totalBytes).append(" %  ");
    }
    text.append(ByteSize.text(doneBytes));
    if (bytesPerSecond > 0) {
      text.append("  ").append(ByteSize.text((long) bytesPerSecond)).append("/s");
    }
    remaining().ifPresent(time -> text.append("  ").append(clock(time)).append(" left"));
    return text.toString();
  }

  private static String clock(Duration time) {
    return time.toHours() > 0
        ? String.format(
            Locale.ROOT, "%d:%02d:%02d", time.toHours(), time.toMinutesPart(), time.toSecondsPart())
        : String.format(Locale.ROOT, "%d:%02d", time.toMinutes(), time.toSecondsPart());
  }
}
