package dev.llamastream.store;

import java.lang.System.Logger.Level;

/** Logs a pull. */
final class LoggedPull implements PullListener {

  private static final System.Logger LOG = System.getLogger("dev.llamastream.store");

  private long tenth;

  @Override
  public boolean onStart(PullPlan plan) {
    LOG.log(Level.INFO, "Pulling " + plan);
    return true;
  }

  @Override
  public boolean onProgress(PullProgress progress) {
    if (progress.tenth() > tenth) {
      tenth = progress.tenth();
      LOG.log(Level.INFO, "Pulling: " + progress);
    }
    return true;
  }

  @Override
  public void onWait(String reason) {
    LOG.log(Level.INFO, reason);
  }
}
