package dev.llamastream.server;

import java.io.Serial;

/** A server that has no room for a request now, and says so. */
final class RefusedException extends Exception {
  @Serial private static final long serialVersionUID = 1L;

  private final int retryAfter;

  RefusedException(int retryAfter) {
    super("retry after " + retryAfter + " s");
    this.retryAfter = retryAfter;
  }

  /** After how many seconds to try again. */
  int retryAfter() {
    return retryAfter;
  }
}
