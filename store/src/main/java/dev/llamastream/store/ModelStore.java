package dev.llamastream.store;

import static java.util.Objects.requireNonNull;

import dev.llamastream.store.ModelName.Alias;
import dev.llamastream.store.ModelName.HuggingFace;
import dev.llamastream.store.ModelName.LocalFile;
import dev.llamastream.store.ModelName.Ollama;
import dev.llamastream.store.ModelName.Url;
import dev.llamastream.store.ModelStoreException.Reason;
import dev.llamastream.store.internal.UsageLog;
import dev.llamastream.store.internal.alias.AliasEntry;
import dev.llamastream.store.internal.alias.AliasTable;
import dev.llamastream.store.internal.http.Pause;
import dev.llamastream.store.internal.hub.HubSource;
import dev.llamastream.store.internal.mirror.Mirrors;
import dev.llamastream.store.internal.ollama.OllamaSource;
import dev.llamastream.store.internal.source.Kept;
import dev.llamastream.store.internal.source.PullRun;
import dev.llamastream.store.internal.source.Source;
import dev.llamastream.store.internal.url.UrlSource;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The models on this machine, and the way to others. Thread-safe; processes may share its folders.
 * Holds no resources: connections live as long as a pull.
 *
 * <p>Names are as {@link ModelName} describes; every method that takes one throws {@link
 * dev.llamastream.InvalidValueException} if it has no valid form.
 *
 * @since 0.1.0
 */
public final class ModelStore {

  private final StoreParams params;
  private final Pause pause;
  private final HubSource hub;
  private final OllamaSource ollama;
  private final UrlSource urls;
  private final UsageLog usage;

  private ModelStore(StoreParams params, Pause pause) {
    this.params = params;
    this.pause = pause;
    this.hub = new HubSource(params);
    this.ollama = new OllamaSource(params);
    this.urls = new UrlSource(params);
    this.usage = new UsageLog(params.folder());
  }

  /** Opens a store. Creates no folder before there is something to put into it. */
  public static ModelStore open(StoreParams params) {
    return open(params, Pause.REAL);
  }

  static ModelStore open(StoreParams params, Pause pause) {
    return new ModelStore(requireNonNull(params, "params"), pause);
  }

  /** The parameters. */
  public StoreParams params() {
    return params;
  }

  /**
   * The aliases: the built-in ones and the user's own, sorted by name.
   *
   * @throws dev.llamastream.InvalidValueException if the user's file is not a valid table
   */
  public List<ModelAlias> aliases() {
    return AliasTable.read(params.aliasFile()).all();
  }

  /**
   * The name without aliases.
   *
   * @throws ModelStoreException if there is no such alias
   */
  public ModelName resolve(String name) {
    ModelName parsed = ModelName.parse(name);
    return parsed instanceof Alias alias ? target(alias).name() : parsed;
  }

  /** Where a name leads; the entry is the alias's, if it has one with more than a name. */
  private record Target(ModelName name, Optional<AliasEntry> entry) {}

  private Target target(Alias alias) {
    AliasTable table = AliasTable.read(params.aliasFile());
    Optional<AliasEntry> entry = table.find(alias);
    if (entry.isPresent()) {
      return new Target(entry.get().alias().target(), entry);
    }
    Optional<Path> file = file(alias.toString());
    if (file.isPresent()) {
      return new Target(new LocalFile(file.get()), Optional.empty());
    }
    List<String> nearest = table.nearest(alias.toString());
    throw new ModelStoreException(
        Reason.NOT_FOUND,
        "no model is called '"
            + alias
            + "'"
            + (nearest.isEmpty() ? "" : ": did you mean " + String.join(" or ", nearest) + "?")
            + ": see 'aliases' for the names. ollama:"
            + alias
            + " would be one of Ollama's, hf:owner/repository one of Hugging Face's, and a file has"
            + " a path");
  }

  private static Optional<Path> file(String name) {
    try {
      return Optional.of(Path.of(name)).filter(Files::isRegularFile);
    } catch (InvalidPathException e) {
      return Optional.empty();
    }
  }

  private Target target(String name) {
    ModelName parsed = ModelName.parse(requireNonNull(name, "name"));
    return parsed instanceof Alias alias ? target(alias) : new Target(parsed, Optional.empty());
  }

  /**
   * Looks for a model on this machine.
   *
   * @throws ModelStoreException if there is no such alias, or a folder cannot be read
   */
  public Optional<StoredModel> find(String name) {
    return find(target(name).name()).map(this::stored);
  }

  private Optional<Kept> find(ModelName name) {
    return switch (name) {
      case HuggingFace hf -> hub.find(hf);
      case Ollama ollamas -> ollama.find(ollamas);
      case Url url -> urls.find(url);
      case LocalFile file ->
          Files.isRegularFile(file.path())
              ? Optional.of(new Kept(file, List.of(file.path()), Origin.FILE))
              : Optional.empty();
      case Alias _ -> throw new IllegalStateException("an alias of an alias: " + name);
    };
  }

  /**
   * The model, as it is on this machine; if it is not there, pulls it. Notes that it was used.
   *
   * @throws ModelStoreException if there is no such model, or it cannot be downloaded
   */
  public StoredModel get(String name, PullListener listener) {
    Target target = target(name);
    Kept kept = find(target.name()).orElseGet(() -> pull(target, listener));
    usage.used(kept.files().getFirst(), Instant.now());
    return stored(kept);
  }

  /**
   * Notes that a model was used, for callers that know its file and do not need {@link #get}. A
   * folder that cannot be written is no error.
   *
   * @param file the model's only file, or its first
   */
  public static void noteUse(StoreParams params, Path file) {
    new UsageLog(params.folder()).used(requireNonNull(file, "file"), Instant.now());
  }

  /**
   * Downloads what is missing of a model, and of its newest version where a name can have several.
   * Continues what an earlier pull has left. At most one process downloads a file; others wait.
   *
   * @throws ModelStoreException if there is no such model, or it cannot be downloaded
   */
  public StoredModel pull(String name, PullListener listener) {
    return stored(pull(target(name), requireNonNull(listener, "listener")));
  }

  private Kept pull(Target target, PullListener listener) {
    if (params.offline()) {
      return find(target.name()).orElseThrow(() -> offline(target.name()));
    }
    try (PullRun run = new PullRun(params, listener, pause)) {
      return switch (target.name()) {
        case HuggingFace hf -> pull(hf, target.entry(), run);
        case Ollama ollamas -> ollama.pull(ollamas, run);
        case Url url -> urls.pull(url, run);
        case LocalFile file -> find(file).orElseThrow(() -> noFile(file));
        case Alias _ -> throw new IllegalStateException("an alias of an alias: " + target.name());
      };
    }
  }

  private Kept pull(HuggingFace name, Optional<AliasEntry> entry, PullRun run) {
    try {
      return hub.pull(name, run);
    } catch (ModelStoreException e) {
      if (entry.isEmpty() || !Mirrors.help(entry.get(), e)) {
        throw e;
      }
      return hub.pull(
          name,
          entry.get().sha256(),
          target -> new Mirrors().download(name, entry.get(), target, run, e));
    }
  }

  private static ModelStoreException offline(ModelName name) {
    return name instanceof LocalFile file
        ? noFile(file)
        : new ModelStoreException(
            Reason.OFFLINE,
            name
                + " is not on this machine, and the store is offline (--offline, HF_HUB_OFFLINE):"
                + " pull it while there is a network");
  }

  private static ModelStoreException noFile(LocalFile file) {
    String text = file.path().toString();
    boolean repository =
        text.matches("\\w[\\w.-]*/\\w[\\w.-]*")
            && !text.endsWith(".gguf")
            && !Files.exists(file.path());
    return new ModelStoreException(
        Reason.NOT_FOUND,
        (Files.isDirectory(file.path())
                ? "this is a folder, not a model's file: "
                : "there is no file ")
            + file.path().toAbsolutePath()
            + (repository ? ": did you mean hf:" + text + "?" : ""));
  }

  /** All models on this machine: Hugging Face's, Ollama's, our own. */
  public List<StoredModel> list() {
    List<StoredModel> models = new ArrayList<>();
    for (Source<?> source : List.of(hub, ollama, urls)) {
      source.list().forEach(kept -> models.add(stored(kept)));
    }
    return models;
  }

  /**
   * Removes a model. Files that another model shares stay. A model in use stays usable where the
   * system lets files be removed that are open (not on Windows).
   *
   * @return the bytes that this freed
   * @throws ModelStoreException if there is no such model on this machine, or it is Ollama's own,
   *     or a file that was named by its path
   */
  public long remove(String name) {
    StoredModel model =
        find(name)
            .orElseThrow(
                () ->
                    new ModelStoreException(
                        Reason.NOT_FOUND, name + " is not on this machine: see 'list'"));
    long freed =
        switch (model.name()) {
          case HuggingFace _ -> hub.remove(model.kept());
          case Ollama _ -> ollama.remove(model.kept());
          case Url _ -> urls.remove(model.kept());
          default ->
              throw new ModelStoreException(
                  Reason.STORAGE, model.path() + " is not the store's: remove the file itself");
        };
    model.files().forEach(usage::forget);
    return freed;
  }

  /**
   * Removes what no model needs: parts of downloads that were not continued, and files that no name
   * leads to. Models stay.
   *
   * @return the bytes that this freed
   */
  public long prune() {
    usage.prune();
    return hub.prune() + ollama.prune() + urls.prune();
  }

  private StoredModel stored(Kept kept) {
    return new StoredModel(kept, usage.lastUse(kept.files().getFirst()));
  }
}
