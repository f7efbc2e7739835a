package dev.llamastream.cli.display;

import dev.llamastream.store.PullListener;
import dev.llamastream.store.PullPlan;
import dev.llamastream.store.PullProgress;
import java.io.PrintWriter;
import java.util.function.BooleanSupplier;

/** Shows a pull: on a terminal in one line that changes, elsewhere in a line for each tenth. */
public final class PullDisplay implements PullListener, AutoCloseable {

  private static final String ERASE = "\r\u001b[K";
  private static final long REDRAW_NANOS = 100_000_000;

  private final PrintWriter out;
  private final boolean terminal;
  private final BooleanSupplier stopped;
  private boolean drawn;
  private long drawnAt;
  private long tenth;

  /**
   * Creates a display.
   *
   * @param stopped whether the pull is to stop
   */
  public PullDisplay(PrintWriter out, boolean terminal, BooleanSupplier stopped) {
    this.out = out;
    this.terminal = terminal;
    this.stopped = stopped;
  }

  @Override
  public boolean onStart(PullPlan plan) {
    print("Pulling " + plan);
    tenth = 0;
    return !stopped.getAsBoolean();
  }

  @Override
  public boolean onProgress(PullProgress progress) {
    if (terminal) {
      draw(progress);
    } else {
      printTenth(progress);
    }
    return !stopped.getAsBoolean();
  }

  private void draw(PullProgress progress) {
    long now = System.nanoTime();
    boolean started = progress.doneBytes() > 0;
    if (started && (!drawn || now - drawnAt >= REDRAW_NANOS)) {
      out.print(ERASE + progress);
      out.flush();
      drawn = true;
      drawnAt = now;
    }
  }

  private void printTenth(PullProgress progress) {
    if (progress.tenth() > tenth) {
      tenth = progress.tenth();
      print("  " + progress);
    }
  }

  @Override
  public void onWait(String reason) {
    print(reason);
  }

  private void print(String line) {
    clear();
    out.println(line);
    out.flush();
  }

  /** Erases the line that changes. */
  public void clear() {
    if (drawn) {
      out.print(ERASE);
      out.flush();
      drawn = false;
    }
  }

  @Override
  public void close() {
    clear();
  }
}
