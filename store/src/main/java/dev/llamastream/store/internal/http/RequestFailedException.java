package dev.llamastream.store.internal.http;

import java.io.IOException;
import java.io.Serial;
import java.net.URI;

/** A connection failed. The cause says how. */
final class RequestFailedException extends IOException {
  @Serial private static final long serialVersionUID = 1L;

  private final String host;

  /** Names the host, which may be another one than that of the first request. */
  RequestFailedException(URI uri, IOException cause) {
    super(cause.getMessage() == null ? "no connection" : cause.getMessage(), cause);
    host = String.valueOf(uri.getHost());
  }

  String host() {
    return host;
  }
}
