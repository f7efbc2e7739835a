package dev.llamastream.store.internal.url;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.llamastream.store.ModelName.Url;
import dev.llamastream.store.ModelStoreException;
import dev.llamastream.store.ModelStoreException.Reason;
import dev.llamastream.store.Origin;
import dev.llamastream.store.StoreParams;
import dev.llamastream.store.internal.Disk;
import dev.llamastream.store.internal.Sha256;
import dev.llamastream.store.internal.download.Parts;
import dev.llamastream.store.internal.download.RemoteFile;
import dev.llamastream.store.internal.http.Credentials;
import dev.llamastream.store.internal.http.WebAnswer;
import dev.llamastream.store.internal.source.Kept;
import dev.llamastream.store.internal.source.PullRun;
import dev.llamastream.store.internal.source.Source;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Models from plain web servers, each in a folder {@code urls/<hash of its address>/} with its
 * address in the file {@code address}, which is written last: without it, nothing counts as there.
 */
public final class UrlSource implements Source<Url> {

  private static final String ADDRESS = "address";

  private final Path root;

  public UrlSource(StoreParams params) {
    this.root = params.folder().resolve("urls");
  }

  private Path folder(Url name) {
    return root.resolve(Sha256.of(name.uri().toString().getBytes(UTF_8)).substring(0, 32));
  }

  private static String fileName(Url name) {
    String path = name.uri().getPath();
    return path.substring(path.lastIndexOf('/') + 1);
  }

  @Override
  public Optional<Kept> find(Url name) {
    Path folder = folder(name);
    Path file = folder.resolve(fileName(name));
    return Files.exists(folder.resolve(ADDRESS)) && Files.isRegularFile(file)
        ? Optional.of(new Kept(name, List.of(file), Origin.STORE))
        : Optional.empty();
  }

  @Override
  public Kept pull(Url name, PullRun run) {
    Optional<Kept> present = find(name);
    if (present.isPresent()) {
      return present.get();
    }
    WebAnswer head = run.web().head(name.uri(), Credentials.NONE, Map.of());
    // a server may not know HEAD at all; then its GET says what is wrong
    if (head.status() / 100 == 4 && head.status() != 405) {
      throw new ModelStoreException(
          head.status() == 404 || head.status() == 410 ? Reason.NOT_FOUND : Reason.NOT_ALLOWED,
          String.format(
              Locale.ROOT, "%s answers %d: check the address", name.uri(), head.status()));
    }
    Path folder = folder(name);
    run.download(
        name,
        List.of(
            new PullRun.Item(
                new RemoteFile(
                    name.uri(), Credentials.NONE, fileName(name), size(head), "", PullRun.GGUF),
                folder.resolve(fileName(name)))));
    Disk.write(folder.resolve(ADDRESS), name.uri().toString().getBytes(UTF_8));
    return pulled(name);
  }

  private static long size(WebAnswer head) {
    String length = head.status() / 100 == 2 ? head.header("Content-Length") : "";
    return length.matches("\\d{1,18}") ? Long.parseLong(length) : -1;
  }

  @Override
  public List<Kept> list() {
    List<Kept> models = new ArrayList<>();
    for (Path folder : Disk.children(root)) {
      address(folder).flatMap(this::find).ifPresent(models::add);
    }
    return models;
  }

  private static Optional<Url> address(Path folder) {
    try {
      Path file = folder.resolve(ADDRESS);
      return Files.isRegularFile(file)
          ? Optional.of(new Url(URI.create(Files.readString(file, UTF_8))))
          : Optional.empty();
    } catch (IOException | IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  @Override
  public long remove(Kept model) {
    long freed = 0;
    for (Path file : model.files()) {
      freed += Disk.remove(file.resolveSibling(ADDRESS));
      freed += Disk.remove(file);
      Disk.removeEmpty(file.getParent(), root);
    }
    return freed;
  }

  @Override
  public long prune() {
    long freed = 0;
    for (Path folder : Disk.children(root)) {
      freed += Parts.prune(folder);
      Disk.removeEmpty(folder, root);
    }
    return freed;
  }
}
