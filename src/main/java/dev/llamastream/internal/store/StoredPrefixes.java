package dev.llamastream.internal.store;

import dev.llamastream.internal.cache.StoredCells;
import dev.llamastream.internal.ffm.ModelFile;
import dev.llamastream.internal.ffm.SequenceState;
import dev.llamastream.internal.prompt.CacheKey;
import dev.llamastream.internal.prompt.EncodedText;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The prefixes in a folder that suit one engine. Thread-safe. Nothing here waits for the disk,
 * except {@link #load}.
 */
public final class StoredPrefixes {

  private static final System.Logger LOGGER = System.getLogger("dev.llamastream.engine");

  /** How much memory states may take on their way to the disk, and as much on the way back. */
  public static final long MEMORY = 1L << 30;

  private final StoreFolder folder;
  private final MemoryBudget outgoing = new MemoryBudget(MEMORY);
  private final PrefixWriter writer;
  private final PrefixReader reader;
  private final AtomicLong tokensLoaded = new AtomicLong();
  private final CompletableFuture<Void> opened = new CompletableFuture<>();
  // null until the model's hash is known, and if the folder cannot be used
  private volatile @Nullable PrefixIndex index;

  private StoredPrefixes(Path path, long maxBytes, Runnable onProgress) {
    folder = new StoreFolder(path, maxBytes);
    writer = new PrefixWriter(folder, outgoing, onProgress);
    reader = new PrefixReader(folder, new MemoryBudget(MEMORY));
  }

  /**
   * Begins to open a folder. It is not used before the model's hash is known. If it cannot be used,
   * that is logged, and nothing is ever stored or found.
   *
   * @param maxBytes the size of all files together
   * @param model the files of the model
   * @param circumstances everything else that the states depend on, apart from the tokens
   * @param cacheKey what the prompts have
   * @param onProgress runs whenever more can be stored than before
   */
  public static StoredPrefixes open(
      Path path,
      long maxBytes,
      List<ModelFile> model,
      String circumstances,
      CacheKey cacheKey,
      Runnable onProgress) {
    StoredPrefixes store = new StoredPrefixes(path, maxBytes, onProgress);
    store.writer.execute(
        () -> {
          store.prepare(model, circumstances, cacheKey);
          onProgress.run();
        });
    return store;
  }

  private void prepare(List<ModelFile> model, String circumstances, CacheKey cacheKey) {
    try {
      folder.create();
      String hash = ModelHash.of(model, folder);
      PrefixIndex prepared =
          new PrefixIndex(folder, Sha256.hex(hash + "\n" + circumstances), cacheKey);
      prepared.refresh();
      index = prepared;
    } catch (IOException | RuntimeException e) {
      LOGGER.log(Level.WARNING, "the prefix store cannot be used: " + e);
    } finally {
      opened.complete(null);
    }
  }

  /** Waits until the store is open, or cannot be, but not longer than this. */
  public void awaitOpen(Duration most) {
    try {
      opened.get(most.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      // it opens later
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Whether it is worth asking for this text. */
  public boolean mayHave(EncodedText text) {
    return index != null && text.isPlain() && text.length() > StoredCells.FEWEST;
  }

  /**
   * The state that saves this text the most, which the caller releases. Reads it from the disk.
   *
   * @param known how much of the text needs no computing without it
   * @param nanos how long to wait for the disk
   * @throws InterruptedException if the caller is interrupted
   */
  public Optional<LoadedState> load(EncodedText text, int known, long nanos)
      throws InterruptedException {
    PrefixIndex there = index;
    boolean worth = mayHave(text) && text.length() - 1 - known >= StoredCells.FEWEST;
    return there == null || !worth ? Optional.empty() : reader.read(there, text, known, nanos);
  }

  /** Counts tokens that were loaded into a sequence. */
  public void loaded(int tokens) {
    tokensLoaded.addAndGet(tokens);
  }

  /** Whether states can be stored now. */
  public boolean accepts() {
    return index != null && writer.works();
  }

  /** Whether the cells are worth storing, and are not stored. */
  public boolean wants(StoredCells cells) {
    PrefixIndex there = index;
    return there != null && cells.text().isPlain() && there.wants(cells);
  }

  /** The size of the largest state that can be stored now. */
  public long room() {
    return Math.min(outgoing.room(), folder.maxBytes());
  }

  /** Counts a state that is not stored. */
  public void drop() {
    writer.drop();
  }

  /** Stores a state, and frees it. If there is no room for it, drops it. */
  public void store(StoredCells cells, SequenceState state) {
    PrefixIndex there = index;
    if (there == null || !outgoing.take(state.size())) {
      drop();
      state.close();
      return;
    }
    PrefixHeader header =
        new PrefixHeader(there.key(), cells.text().tokens(), cells.prefilled(), state.size());
    writer.write(there, StoredPrefix.of(header, cells.text().key()), state);
  }

  /** The size of all files in the folder, when it was last looked at. */
  public long bytes() {
    return folder.bytes();
  }

  /** How many tokens have been loaded. */
  public long tokensLoaded() {
    return tokensLoaded.get();
  }

  /** How many states were not stored: there was no room, or the disk failed. */
  public long dropped() {
    return writer.dropped();
  }

  /** Stores and loads nothing more. What waits is still written. */
  public void close() {
    reader.close();
    writer.close();
  }

  /** Waits for the end of a closed store, and then drops what is left. */
  public void await(Duration most) {
    writer.await(most);
  }
}
