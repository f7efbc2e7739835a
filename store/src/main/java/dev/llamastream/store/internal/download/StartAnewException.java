package dev.llamastream.store.internal.download;

import java.io.Serial;

/** What has come so far cannot be joined with what would come. */
final class StartAnewException extends Exception {
  @Serial private static final long serialVersionUID = 1L;

  StartAnewException(String message) {
    super(message);
  }
}
