package dev.llamastream.store.internal.hub;

import dev.llamastream.CpuKernels;
import dev.llamastream.NativeLibraryException;
import dev.llamastream.QuantizationType;
import dev.llamastream.store.ModelName.HuggingFace;
import dev.llamastream.store.ModelStoreException;
import dev.llamastream.store.ModelStoreException.Reason;
import dev.llamastream.store.Origin;
import dev.llamastream.store.Preference;
import dev.llamastream.store.StoreParams;
import dev.llamastream.store.internal.Disk;
import dev.llamastream.store.internal.choice.FileChoice;
import dev.llamastream.store.internal.choice.RepositoryFile;
import dev.llamastream.store.internal.download.Parts;
import dev.llamastream.store.internal.download.RemoteFile;
import dev.llamastream.store.internal.hub.HubCache.Snapshot;
import dev.llamastream.store.internal.source.Kept;
import dev.llamastream.store.internal.source.PullRun;
import dev.llamastream.store.internal.source.Source;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Models of Hugging Face, or of a mirror of it. */
public final class HubSource implements Source<HuggingFace> {

  private final HubCache cache;
  private final Preference preference;

  public HubSource(StoreParams params) {
    this.cache = new HubCache(params.huggingFaceCache());
    this.preference = params.preference();
  }

  @Override
  public Optional<Kept> find(HuggingFace name) {
    return cache.snapshot(name).flatMap(snapshot -> find(name, snapshot));
  }

  private Optional<Kept> find(HuggingFace name, Snapshot snapshot) {
    List<HubFile> files = snapshot.files();
    if (files.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(kept(snapshot, choose(name, files)));
    } catch (ModelStoreException e) {
      // the file that is wanted is another one
      return Optional.empty();
    }
  }

  private List<String> choose(HuggingFace name, List<HubFile> files) {
    return new FileChoice(name.owner() + "/" + name.repository(), repositoryFiles(files))
        .choose(name.file(), preference, HubSource::fastTypes).stream()
            .map(RepositoryFile::path)
            .toList();
  }

  /** Without the native library, what is fastest on most processors comes first. */
  private static List<QuantizationType> fastTypes() {
    try {
      return CpuKernels.repackedTypes();
    } catch (NativeLibraryException e) {
      return List.of(QuantizationType.Q4_0);
    }
  }

  private static List<RepositoryFile> repositoryFiles(List<HubFile> files) {
    return files.stream().map(file -> new RepositoryFile(file.path(), file.size())).toList();
  }

  private static Kept kept(Snapshot snapshot, List<String> paths) {
    return new Kept(
        new HuggingFace(
            snapshot.owner(), snapshot.repository(), paths.getFirst(), snapshot.revision()),
        paths.stream().map(path -> snapshot.folder().resolve(path)).toList(),
        Origin.HUGGING_FACE);
  }

  @Override
  public Kept pull(HuggingFace name, PullRun run) {
    StoreParams params = run.params();
    HubApi api = new HubApi(run.web(), params.huggingFaceEndpoint(), params.huggingFaceToken());
    String commit = api.commit(name);
    List<HubFile> files = api.files(name, commit);
    List<String> wanted = choose(name, files);
    List<HubFile> chosen =
        files.stream()
            .filter(file -> wanted.contains(file.path()))
            .map(HubSource::checked)
            .toList();
    run.download(
        name,
        chosen.stream()
            .map(
                file ->
                    new PullRun.Item(
                        new RemoteFile(
                            api.content(name, commit, file.path()),
                            api.credentials(),
                            file.path(),
                            file.size(),
                            file.sha256(),
                            PullRun.GGUF),
                        cache.blob(name, file.blob())))
            .toList());
    chosen.forEach(file -> cache.add(name, commit, file));
    cache.setRevision(name, commit);
    return pulled(
        new HuggingFace(name.owner(), name.repository(), wanted.getFirst(), name.revision()));
  }

  /**
   * Takes a file from elsewhere.
   *
   * @param name of one file at one commit
   * @param sha256 of the file
   * @param download leaves the whole and right file at this path
   */
  public Kept pull(HuggingFace name, String sha256, Consumer<Path> download) {
    Path blob = cache.blob(name, sha256);
    if (!Files.exists(blob)) {
      Disk.createFolder(blob.resolveSibling(""));
      download.accept(blob);
    }
    cache.add(name, name.revision(), new HubFile(name.file(), 0, sha256, sha256));
    return pulled(name);
  }

  /** Without a hash, nobody could tell a wrong file from a right one. */
  private static HubFile checked(HubFile file) {
    if (file.sha256().isEmpty() || file.size() < 0) {
      throw new ModelStoreException(
          Reason.WRONG_CONTENT, "the hub says no size or no SHA-256 of " + file.path());
    }
    return file;
  }

  @Override
  public List<Kept> list() {
    List<Kept> models = new ArrayList<>();
    for (Snapshot snapshot : cache.snapshots()) {
      String name = snapshot.owner() + "/" + snapshot.repository();
      try {
        new FileChoice(name, repositoryFiles(snapshot.files()))
            .all()
            .forEach(paths -> models.add(kept(snapshot, paths)));
      } catch (ModelStoreException e) {
        Disk.passOver(snapshot.folder(), e);
      }
    }
    return models;
  }

  @Override
  public long remove(Kept model) {
    if (!(model.name() instanceof HuggingFace name)) {
      throw new IllegalArgumentException("not of Hugging Face: " + model.name());
    }
    Path folder = cache.folder(name);
    List<Path> blobs = new ArrayList<>();
    long freed = 0;
    for (Path file : model.files()) {
      try {
        if (Files.isSymbolicLink(file)) {
          Path blob = file.resolveSibling(Files.readSymbolicLink(file)).normalize();
          // a link to another place was made by somebody else, and so was what it leads to
          if (blob.startsWith(folder.resolve("blobs").normalize())) {
            blobs.add(blob);
          }
        }
      } catch (IOException e) {
        throw Disk.failure("read", file, e);
      }
      freed += Disk.remove(file);
      Disk.removeEmpty(file.getParent(), folder);
    }
    for (Path blob : cache.unused(folder, blobs)) {
      freed += Disk.remove(blob);
    }
    cache.tidy(folder);
    return freed;
  }

  /** Only the parts of llamastream's own downloads: the rest is for others to judge. */
  @Override
  public long prune() {
    long freed = 0;
    for (Path folder : Disk.children(cache.root())) {
      freed += Parts.prune(folder.resolve("blobs"));
    }
    return freed;
  }
}
