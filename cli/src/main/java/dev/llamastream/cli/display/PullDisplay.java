package dev.llamastream.cli.display;

import dev.llamastream.store.ByteSize;
import dev.llamastream.store.PullListener;
import dev.llamastream.store.PullPlan;
import dev.llamastream.store.PullProgress;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
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
    StringBuilder line = new StringBuilder("Pulling ").append(plan.name());
    if (plan.totalBytes() >= 0) {
      line.append(": ").append(ByteSize.text(plan.totalBytes()));
    }
    if (plan.files().size() > 1) {
      line.append(" in ").append(plan.files().size()).append(" files");
    }
    if (plan.presentBytes() > 0) {
      line.append(", of which ").append(ByteSize.text(plan.presentBytes())).append(" are here");
    }
    print(line.toString());
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
    if (!drawn || now - drawnAt >= REDRAW_NANOS) {
      out.print(ERASE + text(progress));
      out.flush();
      drawn = true;
      drawnAt = now;
    }
  }

  private void printTenth(PullProgress progress) {
    if (progress.totalBytes() > 0) {
      long reached = progress.doneBytes() * 10 / progress.totalBytes();
      if (reached > tenth) {
        tenth = reached;
        print("  " + text(progress));
      }
    }
  }

  private static String text(PullProgress progress) {
    StringBuilder text = new StringBuilder();
    if (progress.totalBytes() > 0) {
      text.append(
          String.format(
              Locale.ROOT, "%3d %%  ", progress.doneBytes() * 100 / progress.totalBytes()));
    }
    text.append(ByteSize.text(progress.doneBytes()));
    if (progress.bytesPerSecond() > 0) {
      text.append("  ").append(ByteSize.text((long) progress.bytesPerSecond())).append("/s");
    }
    Optional<Duration> remaining = progress.remaining();
    remaining.ifPresent(time -> text.append("  ").append(clock(time)).append(" left"));
    return text.toString();
  }

  private static String clock(Duration time) {
    return time.toHours() > 0
        ? String.format(
            Locale.ROOT, "%d:%02d:%02d", time.toHours(), time.toMinutesPart(), time.toSecondsPart())
        : String.format(Locale.ROOT, "%d:%02d", time.toMinutes(), time.toSecondsPart());
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
