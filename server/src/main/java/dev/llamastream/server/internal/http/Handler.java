package dev.llamastream.server.internal.http;

import dev.llamastream.server.internal.json.ApiError;

/** Handles the requests of one route. */
@FunctionalInterface
public interface Handler extends AutoCloseable {

  /**
   * Handles one request on its own virtual thread, so it may block.
   *
   * @throws Exception any failure; {@link ApiError} decides what the client sees
   */
  void handle(Request request) throws Exception;

  /**
   * Called when the server stops. Running requests should fail, and resources should be released.
   */
  @Override
  default void close() {}
}
