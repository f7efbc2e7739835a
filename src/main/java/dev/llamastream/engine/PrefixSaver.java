package dev.llamastream.engine;

import dev.llamastream.GenerationException;
import dev.llamastream.internal.ffm.SequenceState;
import dev.llamastream.internal.scheduling.KeptCells;
import dev.llamastream.internal.scheduling.Step.Load;
import dev.llamastream.internal.store.LoadedState;
import dev.llamastream.internal.store.StoredPrefixes;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Copies states between the KV cache and the prefix store. For the engine's thread only: libllama
 * allows no other. It never waits for the disk.
 */
final class PrefixSaver {

  /** The largest state that is copied while streams run: they wait for some 0.1 s. */
  private static final long BUSY_BYTES = 128 << 20;

  /** While streams run, copying takes at most this part of the time. */
  private static final int BUSY_SHARE = 20;

  /** How long copying may delay the engine's end. */
  private static final long CLOSING_NANOS = TimeUnit.SECONDS.toNanos(2);

  private final EngineContext context;
  private final Streams streams;
  private final @Nullable StoredPrefixes store;
  // of the states that were copied; 0 if there was none
  private long bytesPerCell;
  private long resumes = System.nanoTime();

  PrefixSaver(EngineContext context, Streams streams, EngineStore store) {
    this.context = context;
    this.streams = streams;
    this.store = store.prefixes();
  }

  /** Loads the state that a stream begins with. */
  void load(Load<StreamJob> load) {
    LoadedState state = load.job().stored();
    boolean done = false;
    try {
      done =
          state != null
              && context.load(
                  load.sequence(),
                  state.state(),
                  load.cells().text().position(load.cells().length()));
    } finally {
      load.job().releaseStored();
      streams.loaded(load, done);
    }
    if (done && store != null) {
      store.loaded(load.job().reused());
    }
  }

  /** Between two decodes: copies a state if that delays the streams little. */
  void whileBusy() {
    long begin = System.nanoTime();
    if (store != null && begin - resumes >= 0 && copy(BUSY_BYTES)) {
      long end = System.nanoTime();
      resumes = end + BUSY_SHARE * (end - begin);
    }
  }

  /** When there is nothing to decode: copies a state. Returns false if there is none. */
  boolean whileIdle() {
    return copy(StoredPrefixes.MEMORY);
  }

  /** At the end: copies all states that are left, as long as that takes little time. */
  void atTheEnd() {
    long begin = System.nanoTime();
    boolean more = true;
    try {
      while (more && System.nanoTime() - begin < CLOSING_NANOS) {
        more = copy(StoredPrefixes.MEMORY);
      }
    } catch (GenerationException e) {
      // nobody uses the context any more
    }
  }

  /** Copies the newest state of at most this size that is worth storing. */
  private boolean copy(long mostBytes) {
    if (store == null || !store.accepts()) {
      return false;
    }
    long room = Math.min(mostBytes, store.room());
    int most = bytesPerCell == 0 ? Integer.MAX_VALUE : (int) (room / bytesPerCell);
    Optional<KeptCells> kept = streams.takeKept(most);
    while (kept.isPresent()) {
      context.carryOut(kept.get().operations());
      if (store.wants(kept.get().cells())) {
        copy(kept.get(), store, room);
        return true;
      }
      kept = streams.takeKept(most);
    }
    return false;
  }

  private void copy(KeptCells kept, StoredPrefixes to, long mostBytes) {
    long size = context.stateSize(kept.sequence());
    if (size == 0) {
      return;
    }
    bytesPerCell = Math.max(1, size / kept.cells().length());
    if (size > mostBytes) {
      to.drop();
      return;
    }
    SequenceState state;
    try {
      state = SequenceState.allocate(size);
    } catch (OutOfMemoryError e) {
      to.drop();
      return;
    }
    boolean copied = false;
    try {
      context.save(kept.sequence(), state);
      copied = true;
    } finally {
      if (!copied) {
        state.close();
      }
    }
    to.store(kept.cells(), state);
  }
}
