package dev.llamastream.store.internal.source;

import dev.llamastream.store.ModelName;
import dev.llamastream.store.Origin;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * A model that is whole on this machine.
 *
 * @param name its exact name: it finds this very model again
 * @param files its GGUF files in order
 * @param layers further files by their media type, for instance Ollama's parameters
 */
public record Kept(ModelName name, List<Path> files, Origin origin, Map<String, Path> layers) {
  public Kept {
    files = List.copyOf(files);
    layers = Map.copyOf(layers);
  }

  /** A model without further files. */
  public Kept(ModelName name, List<Path> files, Origin origin) {
    this(name, files, origin, Map.of());
  }
}
