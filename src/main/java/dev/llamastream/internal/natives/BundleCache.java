package dev.llamastream.internal.natives;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;
import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.WRITE;

import dev.llamastream.spi.NativeBundle;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Extracts a bundle once per user, into a directory named by its content's hash. Checks existing
 * files before they are loaded, and extracts damaged ones again. A lock keeps two processes from
 * extracting at once. An atomic rename ensures that a directory is never used while incomplete, and
 * that a damaged directory does not change while another process uses it.
 */
final class BundleCache {

  private static final String TEMPORARY = ".extract";
  private static final String PERMISSIONS = "rwxr-xr-x";

  private final CacheFolder folder;
  private final Predicate<Path> mayRun;

  BundleCache(CacheFolder folder) {
    this(folder, BundleCache::mayRun);
  }

  /**
   * @param mayRun whether the system allows a file's code to run
   */
  BundleCache(CacheFolder folder, Predicate<Path> mayRun) {
    this.folder = folder;
    this.mayRun = mayRun;
  }

  Path extract(NativeBundle bundle) throws IOException {
    String hash = bundle.contentHash();
    if (!hash.matches("[0-9a-fA-F]{16,}")) {
      throw new IOException("content hash: " + hash + ", must be 16 or more hexadecimal digits");
    }
    for (String file : bundle.files()) {
      // a name must not lead out of the directory
      if (!file.matches("[^/\\\\\\x00]+") || file.matches("\\.{1,2}")) {
        throw new IOException("file: " + file + ", must be a plain name");
      }
    }
    Path root = folder.locate();
    Path target = root.resolve(bundle.platform() + "-" + hash.substring(0, 16));
    if (!FileSums.match(target, bundle.files())) {
      folder.create();
      extractLocked(root, target, bundle);
    }
    for (String file : bundle.files()) {
      requireRunnable(target.resolve(file));
    }
    return target;
  }

  private void requireRunnable(Path file) throws IOException {
    if (!mayRun.test(file)) {
      throw new IOException("the system lets no code run there: is it mounted with noexec?");
    }
  }

  /** On a file system mounted with noexec, a file is not executable even if it is marked so. */
  private static boolean mayRun(Path file) {
    return Files.isExecutable(file) || !Permissions.executable(file);
  }

  private void extractLocked(Path root, Path target, NativeBundle bundle) throws IOException {
    // a file lock belongs to the process, so its threads take turns on the class
    synchronized (BundleCache.class) {
      try (FileChannel channel = FileChannel.open(root.resolve(".lock"), CREATE, WRITE);
          FileLock lock = channel.lock()) {
        // another process may have extracted it meanwhile
        if (!FileSums.match(target, bundle.files())) {
          deleteLeftovers(root);
          extractTo(target, bundle);
          deleteLeftovers(root);
        }
        assert lock.isValid();
      }
    }
  }

  private void extractTo(Path target, NativeBundle bundle) throws IOException {
    Path fresh = temporary(target);
    Files.createDirectory(fresh, Permissions.of(PERMISSIONS));
    try {
      for (String file : bundle.files()) {
        copy(bundle, file, fresh.resolve(file));
        // before the rest fills a folder that will not do
        requireRunnable(fresh.resolve(file));
      }
      FileSums.write(fresh, bundle.files());
      if (Files.exists(target, NOFOLLOW_LINKS)) {
        // a process that has loaded the files keeps them, whatever their names
        Files.move(target, temporary(target), ATOMIC_MOVE);
      }
      Files.move(fresh, target, ATOMIC_MOVE);
    } catch (IOException | RuntimeException e) {
      try {
        delete(fresh);
      } catch (IOException left) {
        // the next extraction deletes it; the reason is what stopped this one
        e.addSuppressed(left);
      }
      throw e;
    }
  }

  private static Path temporary(Path target) {
    return target.resolveSibling(TEMPORARY + UUID.randomUUID());
  }

  private static void copy(NativeBundle bundle, String file, Path to) throws IOException {
    try (InputStream in = bundle.open(file);
        FileChannel out =
            FileChannel.open(to, Set.of(CREATE_NEW, WRITE), Permissions.of(PERMISSIONS))) {
      in.transferTo(Channels.newOutputStream(out));
      // a rename survives a power failure, but unwritten data does not
      out.force(true);
    }
  }

  /**
   * Deletes the leftovers of processes that died during extraction, and damaged files. Called under
   * the lock.
   */
  private static void deleteLeftovers(Path root) {
    try (DirectoryStream<Path> leftovers = Files.newDirectoryStream(root, TEMPORARY + "*")) {
      for (Path leftover : leftovers) {
        delete(leftover);
      }
    } catch (IOException | DirectoryIteratorException e) {
      // in use or another user's, and harmless
    }
  }

  /** Deletes a folder with its contents, but does not follow links. */
  private static void delete(Path path) throws IOException {
    Files.walkFileTree(
        path,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException e)
              throws IOException {
            Files.delete(directory);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
