package dev.llamastream.engine;

import dev.llamastream.ContextParams;
import dev.llamastream.InvalidValueException;
import dev.llamastream.NativeInfo;
import dev.llamastream.internal.ffm.Devices;
import dev.llamastream.internal.ffm.ModelHandle;
import dev.llamastream.internal.store.LoadedState;
import dev.llamastream.internal.store.StoredPrefixes;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/** The prefix store of an engine, if it has one. Thread-safe. */
final class EngineStore {

  private static final Duration OPENING = Duration.ofSeconds(2);
  private static final Duration CLOSING = Duration.ofSeconds(5);

  /** How long a caller waits for the disk. */
  private static final Duration READING = Duration.ofSeconds(10);

  private final @Nullable StoredPrefixes prefixes;

  private EngineStore(@Nullable StoredPrefixes prefixes) {
    this.prefixes = prefixes;
  }

  /** Throws if the folder can only be a mistake. */
  static void check(EngineParams params) {
    if (params.prefixStore().isPresent()) {
      Path folder = params.prefixStore().get().folder();
      if (Files.exists(folder) && !Files.isDirectory(folder)) {
        throw new InvalidValueException("prefixStore", folder + ", must be a folder");
      }
    }
  }

  /**
   * Begins to open the store.
   *
   * @param onProgress runs whenever more can be stored than before
   */
  static EngineStore open(
      ModelHandle model, EngineParams params, EngineContext context, Runnable onProgress) {
    Optional<PrefixStore> place = params.prefixStore();
    if (place.isEmpty() || !model.forgetsInPart() || model.files().isEmpty()) {
      return new EngineStore(null);
    }
    return new EngineStore(
        StoredPrefixes.open(
            place.get().folder().toAbsolutePath(),
            place.get().maxBytes(),
            model.files(),
            circumstances(model, params, context),
            model.cacheKey(),
            onProgress));
  }

  /** What keys and values depend on, apart from the model's files and the tokens. */
  private static String circumstances(
      ModelHandle model, EngineParams params, EngineContext context) {
    ContextParams values = params.context();
    NativeInfo libraries = NativeInfo.load();
    StringBuilder all = new StringBuilder();
    all.append("llama.cpp ").append(libraries.llamaVersion());
    all.append("\nfeatures ").append(Devices.features());
    all.append("\ndevices ").append(libraries.devices());
    all.append("\nplacement ").append(model.placement());
    all.append("\ntype ").append(values.kvCacheType());
    all.append("\nflash attention ").append(values.flashAttention());
    // a state has a place for each part of the KV cache
    all.append("\nparts ").append(EngineConfig.sharesCells(params) ? 1 : params.slots());
    // some models turn positions by other angles if more of them are possible
    all.append("\nsize ").append(context.sequenceSize());
    if (values.reproducible()) {
      all.append("\nmicro-batch ").append(context.microBatchSize());
      all.append("\nthreads ").append(values.threads()).append(' ').append(values.batchThreads());
      all.append(" of ").append(Runtime.getRuntime().availableProcessors());
    }
    return all.toString();
  }

  /** Waits until the store is open, but not long. */
  void awaitOpen() {
    if (prefixes != null) {
      prefixes.awaitOpen(OPENING);
    }
  }

  /** The stored prefixes; null if there is no store. */
  @Nullable StoredPrefixes prefixes() {
    return prefixes;
  }

  /**
   * Gives a new stream the state to begin with that saves it the most, if there is one. Waits for
   * the disk.
   *
   * @throws CancellationException if the thread is interrupted; its interrupt status stays set
   */
  void fetch(StreamJob job, Streams streams, Duration timeout) {
    if (prefixes == null || !prefixes.mayHave(job.prompt().text())) {
      return;
    }
    Duration most = timeout.isZero() || timeout.compareTo(READING) > 0 ? READING : timeout;
    try {
      Optional<LoadedState> state =
          prefixes.load(job.prompt().text(), streams.known(job), most.toNanos());
      state.ifPresent(job::begin);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      CancellationException cancelled = new CancellationException("the thread was interrupted");
      cancelled.initCause(e);
      throw cancelled;
    }
  }

  /** Adds what the store has done. */
  EngineSnapshot.Builder describe(EngineSnapshot.Builder snapshot) {
    return prefixes == null
        ? snapshot
        : snapshot
            .storedTokensLoaded(prefixes.tokensLoaded())
            .prefixStoreBytes(prefixes.bytes())
            .prefixesNotStored(prefixes.dropped());
  }

  /** Stores nothing more. What waits is still written. */
  void close() {
    if (prefixes != null) {
      prefixes.close();
    }
  }

  /** Waits for what is being written, but not long. */
  void await() {
    if (prefixes != null) {
      prefixes.await(CLOSING);
    }
  }
}
