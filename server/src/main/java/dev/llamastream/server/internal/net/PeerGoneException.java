package dev.llamastream.server.internal.net;

import java.io.Serial;

/** The client has disconnected. Ends the request's handler. */
public final class PeerGoneException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1L;

  /** Without a stack trace, because a disconnect is no failure. */
  public PeerGoneException() {
    super("the peer is gone", null, false, false);
  }
}
