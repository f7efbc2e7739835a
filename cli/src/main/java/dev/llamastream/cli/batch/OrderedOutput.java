package dev.llamastream.cli.batch;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes answers in the order in which their lines were begun, or as they come. An answer that
 * waits for an earlier one is held in memory. Thread-safe.
 */
final class OrderedOutput {

  /** In chars. Where more are held, no line is begun until the one that they wait for is done. */
  private static final long HELD_LIMIT = 64 << 20;

  private record Held(int line, String text) {}

  private final Output output;
  private final boolean inOrder;
  private final Map<Long, Held> held = new HashMap<>();
  private long heldSize;
  private long next;
  private boolean stopped;

  OrderedOutput(Output output, boolean inOrder) {
    this.output = output;
    this.inOrder = inOrder;
  }

  /** Waits while too much is held, unless the run stops. */
  synchronized void awaitRoom() throws InterruptedException {
    while (heldSize > HELD_LIMIT && !stopped) {
      wait();
    }
  }

  /** Ends all waits. */
  synchronized void stop() {
    stopped = true;
    notifyAll();
  }

  /**
   * Writes a line, or keeps it until all before it are there.
   *
   * @param place counts the lines of the run, from 0
   */
  synchronized void write(long place, int line, String text) throws IOException {
    if (!inOrder) {
      output.write(line, text);
      return;
    }
    held.put(place, new Held(line, text));
    heldSize += text.length();
    for (Held ready = take(); ready != null; ready = take()) {
      output.write(ready.line, ready.text);
    }
    notifyAll();
  }

  private @Nullable Held take() {
    Held ready = held.remove(next);
    if (ready != null) {
      next++;
      heldSize -= ready.text.length();
    }
    return ready;
  }

  /** Writes what is held in spite of the order: a run that stops keeps what it has done. */
  synchronized void writeHeld() throws IOException {
    if (output.canReorder()) {
      for (Held one : held.values()) {
        output.write(one.line, one.text);
      }
      held.clear();
    }
  }
}
