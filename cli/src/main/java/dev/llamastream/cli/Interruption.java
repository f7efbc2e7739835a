package dev.llamastream.cli;

import dev.llamastream.TokenStream;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What happens on Ctrl+C, SIGTERM and SIGHUP: the stream is cancelled, and the JVM, which is on its
 * way out, waits until its owner has said so and closed everything. The exit status is then the
 * JVM's own: 128 plus the signal's number.
 */
final class Interruption implements AutoCloseable {

  private static final long PATIENCE_SECONDS = 10;

  private final CountDownLatch closed = new CountDownLatch(1);
  private final Thread hook = new Thread(this::interrupt, "interruption");
  private @Nullable TokenStream stream;
  private boolean requested;

  /** From now until {@link #close()} it is waited for. */
  Interruption install() {
    try {
      Runtime.getRuntime().addShutdownHook(hook);
    } catch (IllegalStateException e) {
      // too late: it has happened
      request();
    }
    return this;
  }

  /** Has this stream cancelled when it happens, or at once if it has happened. */
  synchronized void cancels(TokenStream toCancel) {
    stream = toCancel;
    if (requested) {
      toCancel.cancel();
    }
  }

  /** Whether it has happened. */
  synchronized boolean requested() {
    return requested;
  }

  private void interrupt() {
    Signals.endAtOnce();
    request();
    try {
      // a driver that does not return must not keep the JVM for ever
      boolean _ = closed.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized void request() {
    requested = true;
    if (stream != null) {
      stream.cancel();
    }
  }

  /** The JVM need not wait any more. */
  @Override
  public void close() {
    closed.countDown();
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // it is running
    }
  }
}
