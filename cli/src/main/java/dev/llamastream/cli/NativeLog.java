package dev.llamastream.cli;

import java.io.PrintWriter;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** llama.cpp's log, as the library passes it on. To be decided on before the library is loaded. */
final class NativeLog {

  /** Held, because java.util.logging forgets a logger that nobody holds, and its level with it. */
  private static final Logger LOGGER = Logger.getLogger("dev.llamastream.native");

  private NativeLog() {}

  /** What matters of it is in the library's exceptions. */
  static void hide() {
    LOGGER.setLevel(Level.OFF);
  }

  static void show(PrintWriter out) {
    LOGGER.setUseParentHandlers(false);
    LOGGER.addHandler(new LineHandler(out));
    LOGGER.setLevel(Level.FINE);
  }

  private static final class LineHandler extends Handler {
    private final PrintWriter out;

    LineHandler(PrintWriter out) {
      this.out = out;
    }

    @Override
    public void publish(LogRecord line) {
      out.println(line.getMessage().stripTrailing());
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }
}
