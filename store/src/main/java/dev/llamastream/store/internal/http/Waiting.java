package dev.llamastream.store.internal.http;

/** Hears why there is a wait. */
@FunctionalInterface
public interface Waiting {
  /** Tells nobody. */
  Waiting SILENT = reason -> {};

  /**
   * Called before a wait.
   *
   * @param reason one sentence without a full stop
   */
  void onWait(String reason);
}
