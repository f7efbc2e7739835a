package dev.llamastream.cli;

import java.io.PrintWriter;
import java.util.Locale;

/** How much is done, on one line of a terminal; nothing elsewhere. */
final class ProgressLine {

  private static final String ERASE = "\r\u001b[K";

  private final PrintWriter out;
  private final boolean terminal;
  private int shown = -1;

  ProgressLine(PrintWriter out) {
    this.out = out;
    this.terminal = StandardInput.isTerminal();
  }

  void show(float fraction) {
    int percent = (int) (fraction * 100);
    if (terminal && percent != shown) {
      out.printf(Locale.ROOT, "%s%d %%", ERASE, percent);
      out.flush();
      shown = percent;
    }
  }

  void clear() {
    if (shown >= 0) {
      out.print(ERASE);
      out.flush();
      shown = -1;
    }
  }
}
