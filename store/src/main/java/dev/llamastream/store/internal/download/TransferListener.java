package dev.llamastream.store.internal.download;

/** Observes a download and may stop it. Called on the thread that downloads. */
@FunctionalInterface
public interface TransferListener {
  /** Never stops. */
  TransferListener NONE = doneBytes -> true;

  /**
   * Called some ten times a second, also while nothing comes, and at the end.
   *
   * @param doneBytes how much of the file is here. It falls if the download has to start anew
   * @return false to stop; the next download continues from here
   */
  boolean onBytes(long doneBytes);
}
