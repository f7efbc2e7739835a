package dev.llamastream.server.internal.net;

import java.io.Serial;

/** Nobody is there to receive any more. Ends the handler of the request. */
public final class PeerGoneException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1L;

  /** Without a stack trace: it is no failure. */
  public PeerGoneException() {
    super("the peer is gone", null, false, false);
  }
}
