package dev.llamastream.server;

import java.io.EOFException;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The lines of a successful response that comes in chunks. */
final class ChunkLines {

  private final RawHttp http;
  private final StringBuilder rest = new StringBuilder();
  private boolean begun;

  ChunkLines(RawHttp http) {
    this.http = http;
  }

  /** Waits for the next line; null at the end. */
  @Nullable String next() throws IOException, RefusedException {
    if (!begun) {
      JsonPieces.served(http.head());
      begun = true;
    }
    int end;
    while ((end = rest.indexOf("\n")) < 0) {
      String chunk = http.chunk();
      if (chunk.isEmpty() && !rest.toString().isBlank()) {
        throw new EOFException("half a line: " + rest);
      }
      if (chunk.isEmpty()) {
        return null;
      }
      rest.append(chunk);
    }
    String line = rest.substring(0, end);
    rest.delete(0, end + 1);
    return line;
  }
}
