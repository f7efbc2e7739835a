package dev.llamastream.server.spi;

import java.io.IOException;

/**
 * The models on this machine and the way to others, for clients that pull and delete models over
 * HTTP: {@code /api/pull} and {@code /api/delete} of Ollama's API. Every client can then fill the
 * server's disk and delete its models. Thread-safe: requests call it concurrently, each on a
 * virtual thread of its own.
 *
 * <p>Names are as clients write them: Ollama's, such as {@code llama3.2:1b}, or what the library
 * understands otherwise. A library should refuse names that are paths of this machine. Messages of
 * its exceptions go to clients.
 *
 * @since 0.1.0
 */
public interface ModelLibrary {

  /** None: the server refuses to pull and to delete, with status 403. */
  ModelLibrary NONE =
      new ModelLibrary() {
        @Override
        public void pull(String name, Listener listener) throws IOException {
          throw new IOException("no models can be pulled");
        }

        @Override
        public boolean delete(String name) {
          return false;
        }
      };

  /**
   * Downloads what is missing of a model. Returns when all of it is here.
   *
   * @param listener hears how far the pull is, and may stop it
   * @throws IOException if there is no such model, or it cannot be downloaded; or if the listener
   *     stopped the pull
   * @throws dev.llamastream.InvalidValueException of the field {@code name}, if the name has no
   *     valid form
   */
  void pull(String name, Listener listener) throws IOException;

  /**
   * Deletes a model from this machine.
   *
   * @return false if there is no such model
   * @throws IOException if it cannot be deleted
   * @throws dev.llamastream.InvalidValueException of the field {@code name}, if the name has no
   *     valid form
   */
  boolean delete(String name) throws IOException;

  /** Follows a pull. An exception thrown here stops the pull and reaches its caller. */
  interface Listener {

    /**
     * Called while data arrives, some ten times a second.
     *
     * @param doneBytes how much is here
     * @param totalBytes the size of all; -1 if it is not known
     * @return false to stop the pull; a later one may continue it
     */
    boolean onProgress(long doneBytes, long totalBytes);

    /**
     * Called before the pull waits for something.
     *
     * @param reason one sentence without a full stop
     */
    void onWait(String reason);
  }
}
