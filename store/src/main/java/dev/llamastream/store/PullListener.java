package dev.llamastream.store;

/**
 * Observes a pull and may stop it. Called on the thread that pulls; an exception thrown here stops
 * the pull and reaches its caller.
 *
 * @since 0.1.0
 */
public interface PullListener {
  /** Never stops a pull. */
  PullListener NONE = new PullListener() {};

  /**
   * A listener for applications: it logs the start, each tenth and each wait, with the level INFO
   * to the {@code System.Logger} "dev.llamastream.store". For one pull.
   */
  static PullListener logging() {
    return new LoggedPull();
  }

  /**
   * Called once, before anything is downloaded; not called if nothing has to be.
   *
   * @return false to pull nothing
   */
  default boolean onStart(PullPlan plan) {
    return true;
  }

  /**
   * Called some ten times a second while data arrives, and at the end of each file.
   *
   * @return false to stop the pull; the next one continues it
   */
  default boolean onProgress(PullProgress progress) {
    return true;
  }

  /**
   * Called before the pull waits for something: another process that pulls the same file, or a
   * server that asked for a pause.
   *
   * @param reason one sentence without a full stop
   */
  default void onWait(String reason) {}
}
