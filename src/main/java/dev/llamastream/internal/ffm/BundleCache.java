package dev.llamastream.internal.ffm;

import dev.llamastream.spi.NativeBundle;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Extracts a bundle once per user, into a directory named by its content's hash. A lock keeps
 * processes from doing it twice at once; an atomic rename keeps a half-written directory from being
 * taken for a whole one.
 */
final class BundleCache {

  static final String CACHE_PROPERTY = "llamastream.cache.dir";

  private final Path root;

  BundleCache() {
    this(defaultRoot());
  }

  BundleCache(Path root) {
    this.root = root;
  }

  private static Path defaultRoot() {
    String property = System.getProperty(CACHE_PROPERTY);
    if (property != null) {
      return Path.of(property);
    }
    Map<String, String> env = System.getenv();
    String home = System.getProperty("user.home");
    String os = System.getProperty("os.name").toLowerCase(Locale.ROOT);
    Path base =
        os.startsWith("windows")
            ? Path.of(env.getOrDefault("LOCALAPPDATA", home))
            : os.startsWith("mac")
                ? Path.of(home, "Library", "Caches")
                : Path.of(env.getOrDefault("XDG_CACHE_HOME", home + "/.cache"));
    return base.resolve("llamastream");
  }

  Path extract(NativeBundle bundle) throws IOException {
    String hash = bundle.contentHash();
    if (!hash.matches("[0-9a-fA-F]{16,}")) {
      throw new IOException("content hash: " + hash + ", must be 16 or more hexadecimal digits");
    }
    Path target = root.resolve(bundle.platform() + "-" + hash.substring(0, 16));
    if (Files.isDirectory(target)) {
      return target;
    }
    Files.createDirectories(root);
    // a file lock is the process's: threads of this one take turns on the class
    synchronized (BundleCache.class) {
      try (FileChannel channel =
              FileChannel.open(
                  root.resolve(".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
          FileLock lock = channel.lock()) {
        if (!Files.isDirectory(target)) {
          deleteLeftovers();
          extractTo(target, bundle);
        }
        assert lock.isValid();
      }
    }
    return target;
  }

  private void extractTo(Path target, NativeBundle bundle) throws IOException {
    Path temporary = Files.createTempDirectory(root, ".extract");
    try {
      for (String file : bundle.files()) {
        // a name that leads elsewhere must not write there
        if (!file.matches("[^/\\\\\\x00]+") || file.matches("\\.{1,2}")) {
          throw new IOException("file: " + file + ", must be a plain name");
        }
        try (InputStream in = bundle.open(file)) {
          Files.copy(in, temporary.resolve(file));
        }
      }
      Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException | RuntimeException e) {
      delete(temporary);
      throw e;
    }
  }

  /** Of processes that died while they extracted: under the lock there are no others. */
  private void deleteLeftovers() throws IOException {
    try (DirectoryStream<Path> leftovers = Files.newDirectoryStream(root, ".extract*")) {
      for (Path leftover : leftovers) {
        delete(leftover);
      }
    }
  }

  private static void delete(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      files.forEach(
          file -> {
            try {
              Files.deleteIfExists(file);
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          });
    }
    Files.delete(directory);
  }
}
