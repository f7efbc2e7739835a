package dev.llamastream.cli.batch;

import java.io.Serial;

/** A line makes no sense. */
final class LineException extends Exception {
  @Serial private static final long serialVersionUID = 1L;

  private final String code;

  LineException(String code, String message) {
    super(message, null, false, false);
    this.code = code;
  }

  Failure failure() {
    return new Failure(code, String.valueOf(getMessage()));
  }
}
