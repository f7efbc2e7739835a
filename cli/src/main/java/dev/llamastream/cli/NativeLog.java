package dev.llamastream.cli;

import java.io.PrintWriter;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/**
 * Configures llama.cpp's log, which the library forwards. Call this before the library is loaded.
 */
final class NativeLog {

  /** A strong reference: java.util.logging would drop an unreferenced logger and its level. */
  private static final Logger LOGGER = Logger.getLogger("dev.llamastream.native");

  private NativeLog() {}

  /** Hides the log. The library's exceptions contain what matters. */
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
