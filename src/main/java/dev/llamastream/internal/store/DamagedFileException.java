package dev.llamastream.internal.store;

import java.io.IOException;

/** A file that is named like a stored prefix but is none, or is not whole. */
final class DamagedFileException extends IOException {

  private static final long serialVersionUID = 1;

  DamagedFileException(String reason) {
    super(reason);
  }
}
