package dev.llamastream.store.internal.ollama;

import dev.llamastream.store.ModelName.Ollama;
import dev.llamastream.store.ModelStoreException;
import dev.llamastream.store.ModelStoreException.Reason;
import dev.llamastream.store.Origin;
import dev.llamastream.store.StoreParams;
import dev.llamastream.store.internal.Disk;
import dev.llamastream.store.internal.download.Parts;
import dev.llamastream.store.internal.download.RemoteFile;
import dev.llamastream.store.internal.http.Credentials;
import dev.llamastream.store.internal.http.WebAnswer;
import dev.llamastream.store.internal.ollama.OllamaManifest.Layer;
import dev.llamastream.store.internal.source.Kept;
import dev.llamastream.store.internal.source.PullRun;
import dev.llamastream.store.internal.source.Source;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Models of Ollama's registry. They are kept in a folder of our own, laid out as Ollama's. A model
 * that Ollama itself has downloaded is used where it is.
 */
public final class OllamaSource implements Source<Ollama> {

  private final OllamaFolder own;
  private final OllamaFolder theirs;
  private final URI registry;

  public OllamaSource(StoreParams params) {
    this.own = new OllamaFolder(params.folder().resolve("ollama"), Origin.STORE);
    this.theirs = new OllamaFolder(params.ollamaFolder(), Origin.OLLAMA);
    this.registry = params.ollamaRegistry();
  }

  @Override
  public Optional<Kept> find(Ollama name) {
    return own.find(name).or(() -> theirs.find(name));
  }

  @Override
  public Kept pull(Ollama name, PullRun run) {
    URI repository =
        URI.create(
            String.format(
                Locale.ROOT, "%s/v2/%s/%s/", server(name), name.namespace(), name.model()));
    WebAnswer answer =
        run.web()
            .get(
                repository.resolve("manifests/" + name.tag()),
                Credentials.NONE,
                Map.of("Accept", OllamaManifest.ACCEPTED));
    if (answer.status() / 100 != 2) {
      throw failure(name, answer);
    }
    OllamaManifest manifest = OllamaManifest.read(answer.body(), name);
    Optional<Kept> upToDate =
        theirs.find(name).filter(kept -> kept.files().contains(theirs.blob(manifest.model())));
    if (upToDate.isPresent()) {
      return upToDate.get();
    }
    run.download(name, manifest.layers().stream().map(layer -> item(repository, layer)).toList());
    Disk.write(own.manifest(name), answer.body());
    return pulled(name);
  }

  private PullRun.Item item(URI repository, Layer layer) {
    boolean model = layer.mediaType().equals(OllamaManifest.MODEL);
    return new PullRun.Item(
        new RemoteFile(
            repository.resolve("blobs/" + layer.digest()),
            Credentials.NONE,
            model ? "model.gguf" : layer.mediaType().replaceFirst(".*\\.", ""),
            layer.size(),
            layer.sha256(),
            model ? PullRun.GGUF : ""),
        own.blob(layer));
  }

  private URI server(Ollama name) {
    return name.host().isEmpty() ? registry : URI.create("https://" + name.host());
  }

  private ModelStoreException failure(Ollama name, WebAnswer answer) {
    return switch (answer.status()) {
      case 401, 403 ->
          new ModelStoreException(
              Reason.NOT_ALLOWED,
              name
                  + " is private, or does not exist: llamastream reads public models only."
                  + " 'ollama pull' may get it, and llamastream then finds it");
      case 404 ->
          new ModelStoreException(
              Reason.NOT_FOUND,
              String.format(
                  Locale.ROOT,
                  "%s has no model %s: check its name and tag; each model's page lists its tags",
                  server(name),
                  name));
      default ->
          new ModelStoreException(
              Reason.UNREACHABLE,
              String.format(
                  Locale.ROOT, "%s answers %d: try again later", answer.uri(), answer.status()));
    };
  }

  @Override
  public List<Kept> list() {
    List<Kept> models = new ArrayList<>(own.list());
    models.addAll(theirs.list());
    return models;
  }

  @Override
  public long remove(Kept model) {
    if (model.origin() == Origin.OLLAMA || !(model.name() instanceof Ollama name)) {
      throw new ModelStoreException(
          Reason.STORAGE,
          model.name()
              + " belongs to Ollama: remove it with 'ollama rm', which knows who needs it");
    }
    return own.remove(name);
  }

  @Override
  public long prune() {
    long freed = Parts.prune(own.root().resolve("blobs"));
    for (Path blob : own.unused()) {
      freed += Disk.remove(blob);
    }
    return freed;
  }
}
