package dev.llamastream.engine;

import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Ends streams when their time is up, whatever the model is doing. One thread for all engines. */
final class Deadlines {

  private static final ScheduledThreadPoolExecutor TIMER = newTimer();

  private Deadlines() {}

  private static ScheduledThreadPoolExecutor newTimer() {
    ScheduledThreadPoolExecutor timer =
        new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().daemon().name("llamastream-timeouts").factory());
    // streams end long before their time: nothing of them may stay
    timer.setRemoveOnCancelPolicy(true);
    timer.setKeepAliveTime(1, TimeUnit.SECONDS);
    timer.allowCoreThreadTimeOut(true);
    return timer;
  }

  /** Runs something after so many nanoseconds, unless it is cancelled. It must not wait. */
  static Future<?> after(long nanos, Runnable end) {
    return TIMER.schedule(end, nanos, TimeUnit.NANOSECONDS);
  }
}
