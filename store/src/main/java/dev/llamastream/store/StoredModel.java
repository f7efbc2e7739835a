package dev.llamastream.store;

import dev.llamastream.gguf.GgufFile;
import dev.llamastream.store.internal.ollama.OllamaDefaults;
import dev.llamastream.store.internal.source.Kept;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A model that is whole on this machine. Immutable: it says how things were when the store was
 * asked.
 *
 * @since 0.1.0
 */
public final class StoredModel {

  private final Kept kept;
  private final long sizeInBytes;
  private final Optional<Instant> lastUsed;

  StoredModel(Kept kept, Optional<Instant> lastUsed) {
    this.kept = kept;
    this.lastUsed = lastUsed;
    this.sizeInBytes = kept.files().stream().mapToLong(file -> file.toFile().length()).sum();
  }

  Kept kept() {
    return kept;
  }

  /** Its exact name, which finds this very model again. */
  public ModelName name() {
    return kept.name();
  }

  /** The file to load: the only one, or the first of a model in several files. */
  public Path path() {
    return kept.files().getFirst();
  }

  /** All of its GGUF files, in order. */
  public List<Path> files() {
    return kept.files();
  }

  /** The size of its GGUF files together. */
  public long sizeInBytes() {
    return sizeInBytes;
  }

  /** Whose folder it lies in. */
  public Origin origin() {
    return kept.origin();
  }

  /** When {@link ModelStore#get} or {@link Models} last gave it out; empty if never. */
  public Optional<Instant> lastUsed() {
    return lastUsed;
  }

  /**
   * Reads what its files say about themselves.
   *
   * @throws dev.llamastream.ModelLoadException if they are damaged
   */
  public ModelDescription describe() {
    return new ModelDescription(GgufFile.readAll(path()), kept.layers());
  }

  /** What came with the model for a generation; {@link GenerationDefaults#NONE} if nothing did. */
  public GenerationDefaults defaults() {
    return OllamaDefaults.read(kept.layers());
  }

  @Override
  public String toString() {
    return kept.name() + " in " + path();
  }
}
