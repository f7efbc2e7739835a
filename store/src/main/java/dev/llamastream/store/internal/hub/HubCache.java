package dev.llamastream.store.internal.hub;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.llamastream.InvalidValueException;
import dev.llamastream.store.ModelName.HuggingFace;
import dev.llamastream.store.ModelStoreException;
import dev.llamastream.store.internal.Disk;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Hugging Face's cache on this machine: {@code models--owner--name/} with {@code refs/<revision>},
 * {@code blobs/<etag>} and {@code snapshots/<commit>/<file>}, which links to a blob. See <a
 * href="https://huggingface.co/docs/huggingface_hub/guides/manage-cache">its documentation</a>.
 */
final class HubCache {

  private static final Pattern FOLDER = Pattern.compile("models--(.+?)--(.+)");

  private final Path root;

  HubCache(Path root) {
    this.root = root;
  }

  /** One commit of a repository, as far as it is here. */
  record Snapshot(String owner, String repository, String revision, Path folder) {

    /** The GGUF files in it by their paths in the repository, sorted. */
    List<HubFile> files() {
      List<HubFile> files = new ArrayList<>();
      if (!Files.isDirectory(folder)) {
        return files;
      }
      try (Stream<Path> tree = Files.walk(folder)) {
        for (Path path : tree.sorted().toList()) {
          String name = folder.relativize(path).toString().replace('\\', '/');
          if (name.endsWith(".gguf") && Files.isRegularFile(path)) {
            files.add(new HubFile(name, Files.size(path), "", ""));
          }
        }
      } catch (IOException | UncheckedIOException e) {
        throw Disk.failure("read", folder, e);
      }
      return files;
    }
  }

  Path folder(HuggingFace name) {
    return root.resolve("models--" + name.owner() + "--" + name.repository());
  }

  Path blob(HuggingFace name, String blob) {
    return folder(name).resolve("blobs").resolve(blob);
  }

  /** The snapshot of a revision; nothing if none was ever downloaded. */
  Optional<Snapshot> snapshot(HuggingFace name) {
    return commit(name)
        .map(
            commit ->
                new Snapshot(
                    name.owner(),
                    name.repository(),
                    name.revision(),
                    folder(name).resolve("snapshots").resolve(commit)));
  }

  private Optional<String> commit(HuggingFace name) {
    if (HubApi.isCommit(name.revision())) {
      return Optional.of(name.revision());
    }
    Path ref = folder(name).resolve("refs").resolve(name.revision());
    if (!Files.isRegularFile(ref)) {
      return Optional.empty();
    }
    try {
      return Optional.of(Files.readString(ref, UTF_8).strip()).filter(HubApi::isCommit);
    } catch (IOException e) {
      throw Disk.failure("read", ref, e);
    }
  }

  /** All snapshots of all models, without those that this user may not read. */
  List<Snapshot> snapshots() {
    List<Snapshot> snapshots = new ArrayList<>();
    for (Path folder : Disk.children(root)) {
      Matcher matcher = FOLDER.matcher(String.valueOf(folder.getFileName()));
      if (matcher.matches() && isRepository(matcher.group(1), matcher.group(2))) {
        try {
          snapshots.addAll(snapshots(folder, matcher.group(1), matcher.group(2)));
        } catch (ModelStoreException e) {
          Disk.passOver(folder, e);
        }
      }
    }
    return snapshots;
  }

  private List<Snapshot> snapshots(Path folder, String owner, String repository) {
    List<Snapshot> snapshots = new ArrayList<>();
    String head = commit(new HuggingFace(owner, repository, "", "main")).orElse("");
    for (Path snapshot : Disk.children(folder.resolve("snapshots"))) {
      String commit = String.valueOf(snapshot.getFileName());
      if (HubApi.isCommit(commit)) {
        snapshots.add(
            new Snapshot(owner, repository, commit.equals(head) ? "main" : commit, snapshot));
      }
    }
    return snapshots;
  }

  /** Other folders in the cache are not ours to understand. */
  private static boolean isRepository(String owner, String repository) {
    try {
      return !new HuggingFace(owner, repository, "", "").owner().isEmpty();
    } catch (InvalidValueException e) {
      return false;
    }
  }

  /** Makes a downloaded blob a file of a snapshot. Returns its path there. */
  Path add(HuggingFace name, String commit, HubFile file) {
    Path target = folder(name).resolve("snapshots").resolve(commit).resolve(file.path());
    if (!Files.exists(target)) {
      Disk.link(blob(name, file.blob()), target);
    }
    return target;
  }

  /** Notes the commit of a branch or tag. One that is noted may be in a folder of others. */
  void setRevision(HuggingFace name, String commit) {
    if (!commit(name).equals(Optional.of(commit))) {
      Disk.write(folder(name).resolve("refs").resolve(name.revision()), commit.getBytes(UTF_8));
    }
  }

  /** The blobs of a repository that no snapshot needs any more, of those given. */
  List<Path> unused(Path folder, List<Path> blobs) {
    List<Path> unused = new ArrayList<>(blobs);
    Path snapshots = folder.resolve("snapshots");
    if (!Files.isDirectory(snapshots)) {
      return unused;
    }
    try (Stream<Path> tree = Files.walk(snapshots)) {
      for (Path path : tree.filter(Files::isSymbolicLink).toList()) {
        unused.remove(path.resolveSibling(Files.readSymbolicLink(path)).normalize());
      }
    } catch (IOException | UncheckedIOException e) {
      throw Disk.failure("read", snapshots, e);
    }
    return unused;
  }

  /**
   * Removes what is left of a repository without files: revisions whose snapshot is gone, and empty
   * folders. Hugging Face's client takes both for damage.
   */
  void tidy(Path folder) {
    Path refs = folder.resolve("refs");
    if (Files.isDirectory(refs)) {
      try (Stream<Path> tree = Files.walk(refs)) {
        for (Path ref : tree.filter(Files::isRegularFile).toList()) {
          String commit = Files.readString(ref, UTF_8).strip();
          if (HubApi.isCommit(commit) && !Files.exists(folder.resolve("snapshots/" + commit))) {
            Disk.remove(ref);
            Disk.removeEmpty(ref.getParent(), root);
          }
        }
      } catch (IOException | UncheckedIOException e) {
        throw Disk.failure("read", refs, e);
      }
    }
    Disk.removeEmpty(folder.resolve("blobs"), root);
  }

  Path root() {
    return root;
  }
}
