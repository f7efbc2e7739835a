package dev.llamastream.server;

/** Answers the requests of one route. */
@FunctionalInterface
public interface Handler {

  /**
   * Answers one request, on a virtual thread of its own: it may block.
   *
   * @throws Exception anything: what it means for the client is decided by {@link ApiError}
   */
  void handle(Request request) throws Exception;
}
