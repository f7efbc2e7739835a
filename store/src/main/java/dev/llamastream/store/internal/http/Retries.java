package dev.llamastream.store.internal.http;

import dev.llamastream.store.ModelStoreException;
import dev.llamastream.store.ModelStoreException.Reason;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpHeaders;
import java.time.Duration;

/** Counts tries and waits between them. Used by one thread. */
public final class Retries {

  private static final int TRIES = 5;
  private static final Duration LONGEST = Duration.ofMinutes(2);

  private final Pause pause;
  private final Waiting waiting;
  private int failures;

  /** For one request, or one file. */
  public Retries(Pause pause, Waiting waiting) {
    this.pause = pause;
    this.waiting = waiting;
  }

  /** Whether another try may be answered better: 408, 429 and 5xx. */
  public static boolean isTemporary(int status) {
    return status == 408 || status == 429 || status / 100 == 5;
  }

  /** Starts to count again, as something has come. */
  public void progressed() {
    failures = 0;
  }

  /**
   * Waits before the next try.
   *
   * @throws ModelStoreException if there is none
   */
  public void afterFailure(URI uri, IOException failure) throws InterruptedException {
    failures++;
    if (failures >= TRIES || Unreachable.isFinal(failure)) {
      throw Unreachable.of(uri, failure);
    }
    wait(uri.getHost() + ": " + failure.getMessage(), backoff());
  }

  /**
   * Waits before the next try.
   *
   * @param status one that {@link #isTemporary}
   * @throws ModelStoreException if there is none
   */
  public void afterAnswer(URI uri, int status, HttpHeaders headers) throws InterruptedException {
    failures++;
    Duration asked = RetryAfter.of(headers, pause.now()).orElse(Duration.ZERO);
    String answer = uri.getHost() + " answers " + status;
    if (status == 429 && (failures >= TRIES || asked.compareTo(LONGEST) > 0)) {
      String when = asked.isZero() ? "later" : "in " + asked.toSeconds() + " s, as the server asks";
      throw new ModelStoreException(
          Reason.RATE_LIMITED,
          answer + ": too many requests. Try again " + when + ". A token may raise the limit");
    }
    if (failures >= TRIES) {
      throw new ModelStoreException(
          Reason.UNREACHABLE, answer + ", " + TRIES + " times in a row. Try again later");
    }
    boolean polite = !asked.isZero() && asked.compareTo(LONGEST) <= 0;
    wait(answer, polite ? asked : backoff());
  }

  private Duration backoff() {
    return Duration.ofSeconds(1L << (failures - 1));
  }

  private void wait(String why, Duration duration) throws InterruptedException {
    waiting.onWait(why + "; next try in " + Math.max(1, duration.toSeconds()) + " s");
    pause.sleep(duration);
  }
}
