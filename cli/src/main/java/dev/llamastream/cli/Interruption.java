package dev.llamastream.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Handles Ctrl+C, SIGTERM and SIGHUP. The stream is cancelled. The exiting JVM then waits until the
 * command has printed a remark and closed everything. The exit status is the JVM's own: 128 plus
 * the signal's number.
 */
final class Interruption implements AutoCloseable {

  private static final long PATIENCE_SECONDS = 10;

  private final CountDownLatch closed = new CountDownLatch(1);
  private final Thread hook = new Thread(this::interrupt, "interruption");
  private @Nullable Runnable cancel;
  private boolean requested;

  /** Makes the exiting JVM wait until {@link #close()}. */
  Interruption install() {
    try {
      Runtime.getRuntime().addShutdownHook(hook);
    } catch (IllegalStateException e) {
      // the JVM is already exiting
      request();
    }
    return this;
  }

  /** Calls this on interruption, or at once if that has already happened. */
  synchronized void cancels(Runnable toCancel) {
    cancel = toCancel;
    if (requested) {
      toCancel.run();
    }
  }

  /** Whether a signal has arrived. */
  synchronized boolean requested() {
    return requested;
  }

  private void interrupt() {
    Signals.endAtOnce();
    request();
    try {
      // a driver that hangs must not block the exit forever
      boolean _ = closed.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized void request() {
    requested = true;
    if (cancel != null) {
      cancel.run();
    }
  }

  /** Lets the JVM exit. */
  @Override
  public void close() {
    closed.countDown();
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // the hook is already running
    }
  }
}
