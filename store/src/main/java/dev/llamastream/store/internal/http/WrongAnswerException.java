package dev.llamastream.store.internal.http;

import java.io.IOException;
import java.io.Serial;

/** An answer contradicts what is known about the file. */
public final class WrongAnswerException extends IOException {
  @Serial private static final long serialVersionUID = 1L;

  /** The message tells what it says, and what is known. */
  public WrongAnswerException(String message) {
    super(message);
  }
}
