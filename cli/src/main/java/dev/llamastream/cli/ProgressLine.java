package dev.llamastream.cli;

import java.io.PrintWriter;
import java.util.Locale;

/** How much is done, on one line of a terminal; nothing elsewhere. */
final class ProgressLine {

  private static final String ERASE = "\r\u001b[K";

  private final PrintWriter out;
  private final boolean terminal;
  private String shown = "";

  ProgressLine(PrintWriter out) {
    this.out = out;
    this.terminal = StandardInput.isTerminal();
  }

  void show(float fraction) {
    show(String.format(Locale.ROOT, "%d %%", (int) (fraction * 100)));
  }

  void show(String text) {
    if (terminal && !text.equals(shown)) {
      out.print(ERASE + text);
      out.flush();
      shown = text;
    }
  }

  void clear() {
    if (!shown.isEmpty()) {
      out.print(ERASE);
      out.flush();
      shown = "";
    }
  }
}
