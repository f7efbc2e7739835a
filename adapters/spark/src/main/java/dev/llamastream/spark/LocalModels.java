package dev.llamastream.spark;

import dev.llamastream.engine.EngineSnapshot;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The models that are open in this JVM: one for all tasks with equal settings. A model is opened by
 * the first task that needs it, while others wait. It is closed when no task has needed it for a
 * while, and when the JVM ends. Thread-safe.
 */
final class LocalModels {

  private static final LocalModels OF_THIS_JVM = ofThisJvm();

  private final Function<EngineSettings, LocalModel> opener;
  private final Map<EngineSettings, Entry> entries = new HashMap<>();
  private final ScheduledThreadPoolExecutor timer;
  private int opened;

  LocalModels(Function<EngineSettings, LocalModel> opener) {
    this.opener = opener;
    this.timer =
        new ScheduledThreadPoolExecutor(
            1,
            Thread.ofPlatform().daemon().name("llamastream-idle").factory(),
            // after closeAll there is nothing to close
            new ThreadPoolExecutor.DiscardPolicy());
    timer.setRemoveOnCancelPolicy(true);
  }

  private static LocalModels ofThisJvm() {
    LocalModels models = new LocalModels(LocalModel::open);
    Runtime.getRuntime()
        .addShutdownHook(
            Thread.ofPlatform().name("llamastream-shutdown").unstarted(models::closeAll));
    return models;
  }

  static LocalModels ofJvm() {
    return OF_THIS_JVM;
  }

  /**
   * Takes a share of a model, and opens it if it is not open. If that fails, the next call tries
   * again.
   *
   * @throws InterruptedException if the thread is interrupted while another one opens the model
   */
  Lease lease(EngineSettings settings) throws InterruptedException {
    Entry entry = enter(settings);
    boolean leased = false;
    try {
      Lease lease = new Lease(entry, entry.open());
      leased = true;
      return lease;
    } finally {
      if (!leased) {
        leave(entry);
      }
    }
  }

  /** How many models were opened so far. */
  synchronized int opened() {
    return opened;
  }

  /** What the model with these settings does; empty if it is not open. */
  synchronized Optional<EngineSnapshot> snapshot(EngineSettings settings) {
    return Optional.ofNullable(entries.get(settings))
        .map(entry -> entry.model)
        .map(model -> model.engine().snapshot());
  }

  private synchronized void count() {
    opened++;
  }

  private synchronized Entry enter(EngineSettings settings) {
    Entry entry = entries.computeIfAbsent(settings, Entry::new);
    entry.users++;
    if (entry.closing != null) {
      entry.closing.cancel(false);
      entry.closing = null;
    }
    return entry;
  }

  private void leave(Entry entry) {
    boolean unused = false;
    synchronized (this) {
      entry.users--;
      if (entry.failed()) {
        // the next task opens another one
        entries.remove(entry.settings, entry);
        unused = entry.users == 0;
      } else if (entry.users == 0) {
        entry.closing =
            timer.schedule(
                () -> closeIdle(entry), entry.settings.idleTimeout().toSeconds(), TimeUnit.SECONDS);
      }
    }
    if (unused) {
      entry.close();
    }
  }

  private void closeIdle(Entry entry) {
    synchronized (this) {
      if (entry.users > 0) {
        return;
      }
      entries.remove(entry.settings, entry);
    }
    entry.close();
  }

  /** Ends what runs. */
  void closeAll() {
    Map<EngineSettings, Entry> open;
    synchronized (this) {
      open = Map.copyOf(entries);
      entries.clear();
    }
    timer.shutdownNow();
    open.values().forEach(Entry::close);
  }

  private final class Entry {

    private final EngineSettings settings;
    private final ReentrantLock opening = new ReentrantLock();
    private volatile @Nullable LocalModel model;
    // these are guarded by the map's lock
    private int users;
    private int readers;
    private @Nullable ScheduledFuture<?> closing;

    Entry(EngineSettings settings) {
      this.settings = settings;
    }

    LocalModel open() throws InterruptedException {
      opening.lockInterruptibly();
      try {
        LocalModel opened = model;
        if (opened == null) {
          opened = opener.apply(settings);
          model = opened;
          count();
        }
        return opened;
      } finally {
        opening.unlock();
      }
    }

    /** Whether nobody can use it: it was not opened, or has failed since. */
    boolean failed() {
      LocalModel opened = model;
      return opened == null ? users == 0 : opened.failed();
    }

    void close() {
      LocalModel opened = model;
      if (opened != null) {
        opened.close();
      }
    }
  }

  /** A task's share of a model. For the task's thread; any thread may close it. */
  final class Lease implements AutoCloseable {

    private final Entry entry;
    private final LocalModel model;
    private boolean reads;
    private boolean closed;

    private Lease(Entry entry, LocalModel model) {
      this.entry = entry;
      this.model = model;
    }

    LocalModel model() {
      return model;
    }

    /** From now on this task takes part in {@link #window()}. */
    void beginReading() {
      synchronized (LocalModels.this) {
        if (!reads && !closed) {
          reads = true;
          entry.readers++;
        }
      }
    }

    /** This task has no more rows, so others may have more in work. */
    void endReading() {
      synchronized (LocalModels.this) {
        if (reads) {
          reads = false;
          entry.readers--;
        }
      }
    }

    /**
     * How many rows this task may have in work: its fair part of twice the slots, at least one. So
     * a task never waits for another, not even for one that reads from it.
     */
    int window() {
      synchronized (LocalModels.this) {
        int rows = 2 * entry.settings.engineParams().slots();
        return Math.max(1, rows / Math.max(1, entry.readers));
      }
    }

    @Override
    public void close() {
      endReading();
      synchronized (LocalModels.this) {
        if (closed) {
          return;
        }
        closed = true;
      }
      leave(entry);
    }
  }
}
