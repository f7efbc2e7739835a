package dev.llamastream.internal.ffm;

import java.lang.System.Logger.Level;
import java.lang.ref.Cleaner;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Logs when an owner of native memory was garbage collected without having been closed. It does not
 * free the memory: the time is unpredictable, and a native free must not run on an arbitrary
 * thread.
 */
public final class LeakReport {

  private static final Cleaner CLEANER = Cleaner.create();

  private final AtomicBoolean closed = new AtomicBoolean();

  private LeakReport() {}

  /**
   * Watches an owner.
   *
   * @param what the kind of owner, for the message
   */
  public static LeakReport watch(Object owner, String what) {
    LeakReport report = new LeakReport();
    AtomicBoolean closed = report.closed;
    CLEANER.register(
        owner,
        () -> {
          if (!closed.get()) {
            System.getLogger("dev.llamastream")
                .log(Level.WARNING, what + " was never closed: its native memory is lost");
          }
        });
    return report;
  }

  /** The owner was closed. */
  public void closed() {
    closed.set(true);
  }
}
