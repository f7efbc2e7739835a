package dev.llamastream.server.internal.http;

import dev.llamastream.server.internal.json.ApiError;

/** Answers the requests of one route. */
@FunctionalInterface
public interface Handler extends AutoCloseable {

  /**
   * Answers one request, on a virtual thread of its own: it may block.
   *
   * @throws Exception anything: what it means for the client is decided by {@link ApiError}
   */
  void handle(Request request) throws Exception;

  /** Called when the server ends: what still runs is to fail, and what is held to be freed. */
  @Override
  default void close() {}
}
