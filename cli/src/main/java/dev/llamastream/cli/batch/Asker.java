package dev.llamastream.cli.batch;

import dev.llamastream.server.LocalApi;
import java.io.IOException;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** Asks for answers, again after an error that may pass. Thread-safe. */
final class Asker {

  /** Statuses that another try may not have: a timeout, a failure of the engine, a lack of room. */
  private static final Set<Integer> PASSING = Set.of(408, 500, 503);

  private static final int OK = 200;
  private static final int OVERLOADED = 429;
  private static final long PAUSE_MILLIS = 200;
  private static final long MAX_PAUSE_MILLIS = 10_000;

  /** Begins the answer to a body at a path. */
  interface Api {
    CompletableFuture<LocalApi.Response> post(String path, String body);
  }

  private final Api api;
  private final BooleanSupplier engineClosed;
  private final BatchParams params;

  /** By the numbers of their lines. */
  private final Map<Integer, CompletableFuture<?>> open = new ConcurrentHashMap<>();

  private final CountDownLatch stopped = new CountDownLatch(1);

  Asker(Api api, BooleanSupplier engineClosed, BatchParams params) {
    this.api = api;
    this.engineClosed = engineClosed;
    this.params = params;
  }

  /**
   * The answer to a line.
   *
   * @param text the line of the output
   */
  record Answer(String text, boolean success) {}

  /**
   * Waits for an answer; null if the run was stopped meanwhile.
   *
   * @throws IOException if there will be no more answers at all
   */
  @Nullable Answer ask(Item item) throws IOException, InterruptedException {
    if (item.failure() != null) {
      return new Answer(OutputLines.of(item, item.failure()), false);
    }
    long pause = PAUSE_MILLIS;
    int retries = 0;
    while (true) {
      LocalApi.Response response = post(item);
      if (isStopped()) {
        return null;
      }
      int status = response == null ? 408 : response.status();
      if (status == 503 && engineClosed.getAsBoolean()) {
        throw new IOException("the engine has failed and cannot go on");
      }
      if (status == OVERLOADED) {
        // by our own lines: there will be room
        if (pausedAndStopped(PAUSE_MILLIS)) {
          return null;
        }
      } else if (!PASSING.contains(status) || retries++ >= params.retries()) {
        return answer(item, response);
      } else if (pausedAndStopped(pause)) {
        return null;
      } else {
        pause = Math.min(2 * pause, MAX_PAUSE_MILLIS);
      }
    }
  }

  private boolean pausedAndStopped(long millis) throws InterruptedException {
    return stopped.await(millis, TimeUnit.MILLISECONDS);
  }

  private Answer answer(Item item, LocalApi.@Nullable Response response) {
    if (response == null) {
      double seconds = params.timeout().toNanos() / 1e9;
      String message = String.format(Locale.ROOT, "not done after %s s", seconds);
      return new Answer(OutputLines.of(item, new Failure("timeout", message)), false);
    }
    return new Answer(OutputLines.of(item, response), response.status() == OK);
  }

  /** Null if the time was up, or the run was stopped. */
  private LocalApi.@Nullable Response post(Item item) throws InterruptedException {
    CompletableFuture<LocalApi.Response> response = api.post(item.path(), item.body());
    open.put(item.line(), response);
    try {
      if (isStopped()) {
        return null;
      }
      return params.timeout().isZero()
          ? response.get()
          : response.get(params.timeout().toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException | CancellationException e) {
      return null;
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    } finally {
      open.remove(item.line());
      response.cancel(false);
    }
  }

  /** Ends all waits. */
  void stop() {
    stopped.countDown();
    open.values().forEach(response -> response.cancel(false));
  }

  boolean isStopped() {
    return stopped.getCount() == 0;
  }
}
