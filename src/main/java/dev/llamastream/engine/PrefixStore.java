package dev.llamastream.engine;

import static java.util.Objects.requireNonNull;

import dev.llamastream.internal.Check;
import java.nio.file.Path;

/**
 * Where an engine stores what ended streams leave in its prefix cache, so that it survives a
 * restart: {@link EngineParams#prefixStore()}.
 *
 * @param folder the folder
 * @param maxBytes the maximum size of all files together. Range [1, 2^63 - 1]
 * @since 0.1.0
 */
public record PrefixStore(Path folder, long maxBytes) {

  /**
   * Checks the values. Does not look at the folder.
   *
   * @throws dev.llamastream.InvalidValueException if the size is out of its range
   */
  public PrefixStore {
    requireNonNull(folder, "prefixStore.folder");
    Check.range("prefixStore.maxBytes", maxBytes, 1, Long.MAX_VALUE);
  }
}
