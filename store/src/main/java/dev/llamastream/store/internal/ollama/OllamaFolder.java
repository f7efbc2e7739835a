package dev.llamastream.store.internal.ollama;

import dev.llamastream.InvalidValueException;
import dev.llamastream.store.ModelName.Ollama;
import dev.llamastream.store.ModelStoreException;
import dev.llamastream.store.Origin;
import dev.llamastream.store.internal.Disk;
import dev.llamastream.store.internal.ollama.OllamaManifest.Layer;
import dev.llamastream.store.internal.source.Kept;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A folder laid out as Ollama's: {@code manifests/<host>/<namespace>/<model>/<tag>} and {@code
 * blobs/sha256-<digest>}. A manifest counts if its model is there.
 */
final class OllamaFolder {

  private static final String DEFAULT_HOST = "registry.ollama.ai";
  private static final long MAX_MANIFEST = 1 << 20;

  private final Path root;
  private final Origin origin;

  OllamaFolder(Path root, Origin origin) {
    this.root = root;
    this.origin = origin;
  }

  Path manifest(Ollama name) {
    return root.resolve("manifests")
        .resolve(name.host().isEmpty() ? DEFAULT_HOST : name.host())
        .resolve(name.namespace())
        .resolve(name.model())
        .resolve(name.tag());
  }

  Path blob(Layer layer) {
    return root.resolve("blobs").resolve("sha256-" + layer.sha256());
  }

  Path root() {
    return root;
  }

  Optional<Kept> find(Ollama name) {
    return manifest(manifest(name)).flatMap(manifest -> kept(name, manifest));
  }

  private Optional<Kept> kept(Ollama name, OllamaManifest manifest) {
    Path model = blob(manifest.model());
    if (!Files.isRegularFile(model)) {
      return Optional.empty();
    }
    Map<String, Path> layers = new HashMap<>();
    for (Layer layer : manifest.layers()) {
      if (!layer.equals(manifest.model())) {
        layers.putIfAbsent(layer.mediaType(), blob(layer));
      }
    }
    return Optional.of(new Kept(name, List.of(model), origin, layers));
  }

  /** Another program's file, so one that is broken counts as absent. */
  private static Optional<OllamaManifest> manifest(Path file) {
    try {
      if (!Files.isRegularFile(file) || Files.size(file) > MAX_MANIFEST) {
        return Optional.empty();
      }
      return Optional.of(OllamaManifest.read(Files.readAllBytes(file), file));
    } catch (ModelStoreException | IOException e) {
      return Optional.empty();
    }
  }

  List<Kept> list() {
    List<Kept> models = new ArrayList<>();
    for (Path file : manifests()) {
      name(file).flatMap(this::find).ifPresent(models::add);
    }
    return models;
  }

  private List<Path> manifests() {
    Path folder = root.resolve("manifests");
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> tree = Files.walk(folder, 4)) {
      return tree.filter(Files::isRegularFile).sorted().toList();
    } catch (IOException e) {
      throw Disk.failure("read", folder, e);
    }
  }

  private Optional<Ollama> name(Path manifest) {
    Path path = root.resolve("manifests").relativize(manifest);
    if (path.getNameCount() != 4) {
      return Optional.empty();
    }
    String host = path.getName(0).toString();
    try {
      return Optional.of(
          new Ollama(
              host.equals(DEFAULT_HOST) ? "" : host,
              path.getName(1).toString(),
              path.getName(2).toString(),
              path.getName(3).toString()));
    } catch (InvalidValueException e) {
      // somebody else's file
      return Optional.empty();
    }
  }

  /** The layers that a manifest names. */
  private Set<Path> blobsOf(Path manifest) {
    Set<Path> blobs = new HashSet<>();
    manifest(manifest).ifPresent(m -> m.layers().forEach(layer -> blobs.add(blob(layer))));
    return blobs;
  }

  long remove(Ollama name) {
    Path manifest = manifest(name);
    Set<Path> blobs = blobsOf(manifest);
    long freed = Disk.remove(manifest);
    Disk.removeEmpty(manifest.getParent(), root);
    manifests().forEach(other -> blobs.removeAll(blobsOf(other)));
    for (Path blob : blobs) {
      freed += Disk.remove(blob);
    }
    return freed;
  }

  /** The blobs that no manifest names. */
  List<Path> unused() {
    Set<Path> used = new HashSet<>();
    manifests().forEach(manifest -> used.addAll(blobsOf(manifest)));
    return Disk.children(root.resolve("blobs")).stream()
        .filter(
            blob ->
                blob.getFileName().toString().matches("sha256-[0-9a-f]{64}")
                    && !used.contains(blob))
        .toList();
  }
}
