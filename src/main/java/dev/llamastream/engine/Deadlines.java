package dev.llamastream.engine;

import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Ends streams when they time out, whatever the model is doing. One thread serves all engines. */
final class Deadlines {

  private static final ScheduledThreadPoolExecutor TIMER = newTimer();

  private Deadlines() {}

  private static ScheduledThreadPoolExecutor newTimer() {
    ScheduledThreadPoolExecutor timer =
        new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().daemon().name("llamastream-timeouts").factory());
    // most streams end long before their timeout: their timers must not keep them in memory
    timer.setRemoveOnCancelPolicy(true);
    timer.setKeepAliveTime(1, TimeUnit.SECONDS);
    timer.allowCoreThreadTimeOut(true);
    return timer;
  }

  /**
   * Runs an action after this many nanoseconds, unless it is cancelled. The action must not block.
   */
  static Future<?> after(long nanos, Runnable end) {
    return TIMER.schedule(end, nanos, TimeUnit.NANOSECONDS);
  }
}
