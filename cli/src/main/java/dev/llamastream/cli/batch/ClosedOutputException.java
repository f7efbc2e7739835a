package dev.llamastream.cli.batch;

import java.io.IOException;
import java.io.Serial;

/** Nobody reads standard output any more. */
public final class ClosedOutputException extends IOException {
  @Serial private static final long serialVersionUID = 1L;

  ClosedOutputException() {
    super("nobody reads the output any more");
  }
}
