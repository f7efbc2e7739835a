package dev.llamastream.internal.store;

import dev.llamastream.internal.cache.StoredCells;
import dev.llamastream.internal.ffm.SequenceState;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** Writes states on a thread of its own. What waits for it is limited: {@link MemoryBudget}. */
final class PrefixWriter {

  private static final System.Logger LOGGER = System.getLogger("dev.llamastream.engine");

  /** How long nothing is written after a failure: the disk may be full. */
  private static final long PAUSE_NANOS = TimeUnit.MINUTES.toNanos(1);

  private final StoreFolder folder;
  private final MemoryBudget memory;
  private final Runnable onProgress;
  private final ExecutorService thread = StoreThreads.single("llamastream-store-writer");
  private final AtomicLong dropped = new AtomicLong();
  private volatile boolean paused;
  private volatile long resumes;
  private volatile boolean givenUp;

  /**
   * Creates the thread.
   *
   * @param onProgress runs whenever a state has been written or dropped
   */
  PrefixWriter(StoreFolder folder, MemoryBudget memory, Runnable onProgress) {
    this.folder = folder;
    this.memory = memory;
    this.onProgress = onProgress;
  }

  /** Runs something else on the thread, in its turn. */
  void execute(Runnable task) {
    thread.execute(task);
  }

  /** How many states were not written: there was no room, or the disk failed. */
  long dropped() {
    return dropped.get();
  }

  /** Counts a state that was not written. */
  void drop() {
    dropped.incrementAndGet();
  }

  /** Whether writing makes sense at the moment. */
  boolean works() {
    return !thread.isShutdown() && !(paused && System.nanoTime() - resumes < 0);
  }

  /** Writes a state later, and frees it. The caller has taken memory for it. */
  void write(PrefixIndex index, StoredPrefix prefix, SequenceState state) {
    index.writing(prefix.cells());
    boolean queued = false;
    try {
      thread.execute(() -> writeNow(index, prefix, state));
      queued = true;
    } catch (RejectedExecutionException e) {
      drop();
    } finally {
      if (!queued) {
        done(index, prefix.cells(), state);
      }
    }
  }

  private void writeNow(PrefixIndex index, StoredPrefix prefix, SequenceState state) {
    try {
      if (givenUp || !folder.add(prefix.name(), prefix.header(), state.bytes())) {
        drop();
      } else {
        for (StoredPrefix other : index.add(prefix)) {
          folder.remove(other.name());
        }
        paused = false;
      }
    } catch (IOException e) {
      drop();
      if (!givenUp) {
        pause(e);
      }
    } finally {
      done(index, prefix.cells(), state);
      onProgress.run();
    }
  }

  private void pause(IOException failure) {
    if (!paused) {
      LOGGER.log(Level.WARNING, "the prefix store cannot be written: " + failure);
    }
    resumes = System.nanoTime() + PAUSE_NANOS;
    paused = true;
  }

  private void done(PrefixIndex index, StoredCells cells, SequenceState state) {
    index.wrote(cells);
    long size = state.size();
    state.close();
    memory.give(size);
  }

  /** Takes no more states. The thread ends when it has written those that wait. */
  void close() {
    thread.shutdown();
  }

  /** Waits for the end of a closed writer, and then drops what is left. */
  void await(Duration most) {
    boolean interrupted = false;
    try {
      if (thread.awaitTermination(most.toNanos(), TimeUnit.NANOSECONDS)) {
        return;
      }
    } catch (InterruptedException e) {
      interrupted = true;
    }
    givenUp = true;
    thread.shutdownNow().forEach(Runnable::run); // frees the memory
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
