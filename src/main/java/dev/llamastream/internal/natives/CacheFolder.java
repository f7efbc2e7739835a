package dev.llamastream.internal.natives;

import dev.llamastream.NativeLibraryException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A folder in which extracted libraries may be kept.
 *
 * @param path the folder, or the one in which a private folder is created
 */
record CacheFolder(Path path, Kind kind) {

  static final String PROPERTY = "llamastream.cache.dir";

  enum Kind {
    /** Named by the user, who decides who may access it. */
    NAMED,
    /** In the user's home. */
    HOME,
    /** In a place where all users may write. */
    TEMPORARY
  }

  /**
   * The folder that the user named, or those that the system's rules give, best first.
   *
   * @throws NativeLibraryException if the user's value is not a path
   */
  static List<CacheFolder> all(
      Map<String, String> environment, Function<String, @Nullable String> properties) {
    String named = properties.apply(PROPERTY);
    return named != null ? List.of(named(named)) : standard(environment, properties);
  }

  private static CacheFolder named(String value) {
    Path path =
        path(value)
            .orElseThrow(
                () ->
                    new NativeLibraryException(
                        String.format(
                            Locale.ROOT, "%s: '%s', must be a folder's path", PROPERTY, value)));
    return new CacheFolder(path.toAbsolutePath(), Kind.NAMED);
  }

  private static List<CacheFolder> standard(
      Map<String, String> environment, Function<String, @Nullable String> properties) {
    String os =
        Optional.ofNullable(properties.apply("os.name")).orElse("").toLowerCase(Locale.ROOT);
    // a user without an entry in the password file may have "?" or "/" as home
    Optional<Path> home =
        absolute(properties.apply("user.home"))
            .filter(path -> path.getNameCount() > 0 && Files.isDirectory(path));
    List<Path> bases = new ArrayList<>();
    if (os.startsWith("windows")) {
      absolute(environment.get("LOCALAPPDATA")).ifPresent(bases::add);
      home.map(path -> path.resolve("AppData").resolve("Local")).ifPresent(bases::add);
    } else if (os.startsWith("mac")) {
      home.map(path -> path.resolve("Library").resolve("Caches")).ifPresent(bases::add);
    } else {
      // the XDG Base Directory Specification says to ignore relative paths
      absolute(environment.get("XDG_CACHE_HOME")).ifPresent(bases::add);
      home.map(path -> path.resolve(".cache")).ifPresent(bases::add);
    }
    List<CacheFolder> folders = new ArrayList<>();
    for (Path base : bases) {
      folders.add(new CacheFolder(base.resolve("llamastream"), Kind.HOME));
    }
    absolute(properties.apply("java.io.tmpdir"))
        .filter(Files::isDirectory)
        .ifPresent(path -> folders.add(new CacheFolder(path, Kind.TEMPORARY)));
    return folders;
  }

  private static Optional<Path> absolute(@Nullable String value) {
    return path(value).filter(Path::isAbsolute);
  }

  /** Empty if the value is blank, or not a path on this system. */
  static Optional<Path> path(@Nullable String value) {
    try {
      return Optional.ofNullable(value).filter(name -> !name.isBlank()).map(Path::of);
    } catch (InvalidPathException e) {
      return Optional.empty();
    }
  }

  /** Where to look; does not exist if nothing was ever extracted. */
  Path locate() throws IOException {
    return kind == Kind.TEMPORARY ? PrivateFolder.in(path) : path;
  }

  /** Creates the folder if it does not exist. */
  void create() throws IOException {
    switch (kind) {
      case NAMED -> Files.createDirectories(path);
      case HOME -> PrivateFolder.create(path);
      case TEMPORARY -> PrivateFolder.in(path);
    }
  }
}
