package dev.llamastream.internal.store;

import dev.llamastream.internal.ffm.SequenceState;
import dev.llamastream.internal.prompt.EncodedText;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Reads states on a thread of its own, so that no caller waits longer than it wants for a disk. */
final class PrefixReader {

  private static final System.Logger LOGGER = System.getLogger("dev.llamastream.engine");

  private final StoreFolder folder;
  private final MemoryBudget memory;
  private final ExecutorService thread = StoreThreads.single("llamastream-store-reader");
  private volatile @Nullable CompletableFuture<?> overdue;
  private volatile boolean closed;
  private volatile boolean complained;

  // for the thread: what is in memory, and may be freed at any time
  private final Map<String, LoadedState> loaded = new HashMap<>();

  PrefixReader(StoreFolder folder, MemoryBudget memory) {
    this.folder = folder;
    this.memory = memory;
  }

  /**
   * The state of the best prefix, which the caller releases. Empty if there is none, no memory is
   * left, or the disk does not answer in time.
   *
   * @param known how much of the text needs no computing without it
   * @throws InterruptedException if the caller is interrupted
   */
  Optional<LoadedState> read(PrefixIndex index, EncodedText text, int known, long nanos)
      throws InterruptedException {
    CompletableFuture<?> late = overdue;
    if (late != null && !late.isDone()) {
      return Optional.empty();
    }
    CompletableFuture<Optional<LoadedState>> read = new CompletableFuture<>();
    try {
      thread.execute(() -> complete(read, index, text, known));
    } catch (RejectedExecutionException e) {
      return Optional.empty(); // closed
    }
    boolean taken = false;
    try {
      Optional<LoadedState> state = read.get(nanos, TimeUnit.NANOSECONDS);
      taken = true;
      return state;
    } catch (TimeoutException e) {
      overdue = read;
      LOGGER.log(Level.WARNING, "the prefix store is not used until its disk answers");
      return Optional.empty();
    } catch (ExecutionException e) {
      complain(e);
      return Optional.empty();
    } finally {
      if (!taken) {
        CompletableFuture<?> _ = read.thenAccept(state -> state.ifPresent(LoadedState::release));
      }
    }
  }

  /** Says once what is wrong, until it is right again. */
  private void complain(ExecutionException failure) {
    if (!complained) {
      complained = true;
      LOGGER.log(Level.WARNING, "the prefix store cannot be read: " + failure.getCause());
    }
  }

  @SuppressWarnings("CatchThrowable") // completes the future
  private void complete(
      CompletableFuture<Optional<LoadedState>> read,
      PrefixIndex index,
      EncodedText text,
      int known) {
    try {
      if (closed) {
        read.complete(Optional.empty());
        return;
      }
      index.refresh();
      complained = false;
      read.complete(readBest(index, text, known));
    } catch (Throwable e) {
      read.completeExceptionally(e);
    }
  }

  private Optional<LoadedState> readBest(PrefixIndex index, EncodedText text, int known) {
    Optional<StoredPrefix> best = index.best(text, known);
    while (best.isPresent()) {
      StoredPrefix prefix = best.get();
      LoadedState there = loaded.get(prefix.name());
      if (there != null && there.hold()) {
        return Optional.of(there);
      }
      if (!memory.take(prefix.header().stateSize())) {
        return Optional.empty();
      }
      Optional<LoadedState> state = read(index, prefix);
      if (state.isPresent()) {
        return state;
      }
      // it is damaged, or another process has removed it
      best = index.best(text, known);
    }
    return Optional.empty();
  }

  /** Reads a prefix for which memory was taken, or forgets it. */
  private Optional<LoadedState> read(PrefixIndex index, StoredPrefix prefix) {
    long size = prefix.header().stateSize();
    SequenceState state = allocate(size);
    boolean done = false;
    try {
      PrefixFile.readState(folder.file(prefix.name()), prefix.header(), state.bytes());
      done = true;
      folder.used(prefix.name());
    } catch (DamagedFileException e) {
      index.removeDamaged(prefix.name(), e);
    } catch (IOException e) {
      if (!done) {
        index.forget(prefix.name());
      }
    } finally {
      if (!done) {
        state.close();
        memory.give(size);
      }
    }
    if (!done) {
      return Optional.empty();
    }
    LoadedState read = new LoadedState(prefix, state, () -> memory.give(size));
    loaded.values().removeIf(other -> !isHeld(other));
    loaded.put(prefix.name(), read);
    return Optional.of(read);
  }

  private SequenceState allocate(long size) {
    boolean allocated = false;
    try {
      SequenceState state = SequenceState.allocate(size);
      allocated = true;
      return state;
    } finally {
      if (!allocated) {
        memory.give(size);
      }
    }
  }

  private static boolean isHeld(LoadedState state) {
    boolean held = state.hold();
    if (held) {
      state.release();
    }
    return held;
  }

  /** Reads no more. */
  void close() {
    closed = true;
    thread.shutdownNow().forEach(Runnable::run); // releases those who wait
  }
}
