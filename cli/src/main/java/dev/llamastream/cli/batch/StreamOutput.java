package dev.llamastream.cli.batch;

import java.io.IOException;
import java.io.PrintWriter;

/** An output that is only written, such as a pipe. A run into it cannot be continued. */
final class StreamOutput implements Output {

  private final PrintWriter out;

  /** Writes to this. It stays open. */
  StreamOutput(PrintWriter out) {
    this.out = out;
  }

  @Override
  public void write(int line, String text) throws IOException {
    out.print(text + "\n");
    if (out.checkError()) { // also flushes
      throw new ClosedOutputException();
    }
  }

  @Override
  public boolean canReorder() {
    return false;
  }

  @Override
  public void close() {}
}
