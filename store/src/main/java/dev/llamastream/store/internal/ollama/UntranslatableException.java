package dev.llamastream.store.internal.ollama;

import java.io.Serial;

/** A Go template is malformed, or has a construct that has no counterpart. The message names it. */
final class UntranslatableException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1L;

  UntranslatableException(String message) {
    super(message);
  }
}
