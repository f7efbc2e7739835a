package dev.llamastream.store.internal.http;

import dev.llamastream.store.ModelStoreException;
import dev.llamastream.store.ModelStoreException.Reason;
import java.io.IOException;
import java.net.URI;
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
    Duration asked = Duration.ZERO;
    if (failure instanceof TemporaryAnswerException answer) {
      asked = RetryAfter.of(answer.headers(), pause.now()).orElse(Duration.ZERO);
      if (answer.status() == 429) {
        checkLimit(answer, asked);
      }
    }
    if (failures >= TRIES || Unreachable.isFinal(failure)) {
      throw Unreachable.of(uri, failure);
    }
    boolean patient = !asked.isZero() && asked.compareTo(LONGEST) <= 0;
    Duration duration = patient ? asked : Duration.ofSeconds(1L << (failures - 1));
    waiting.onWait(
        Unreachable.shortly(uri, failure) + "; next try in " + duration.toSeconds() + " s");
    pause.sleep(duration);
  }

  private void checkLimit(TemporaryAnswerException answer, Duration asked) {
    if (failures >= TRIES || asked.compareTo(LONGEST) > 0) {
      String when = asked.isZero() ? "later" : "in " + asked.toSeconds() + " s, as the server asks";
      throw new ModelStoreException(
          Reason.RATE_LIMITED,
          answer.getMessage() + ": too many requests. Try again " + when + ". A token may help",
          answer);
    }
  }
}
