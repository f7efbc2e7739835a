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
 * @param path the folder, or the one in which a private one is made
 */
record CacheFolder(Path path, Kind kind) {

  static final String PROPERTY = "llamastream.cache.dir";

  enum Kind {
    /** The user named it: who may use it is the user's affair. */
    NAMED,
    /** It lies in the user's home. */
    HOME,
    /** It lies where everybody may write. */
    TEMPORARY
  }

  /**
   * The folder that the user named, or those that the system's rules give, best first.
   *
   * @throws NativeLibraryException if what the user named is no path
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
      // as the XDG Base Directory Specification has it, which ignores relative paths
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

  /** None if it is blank, or no path on this system. */
  static Optional<Path> path(@Nullable String value) {
    try {
      return Optional.ofNullable(value).filter(name -> !name.isBlank()).map(Path::of);
    } catch (InvalidPathException e) {
      return Optional.empty();
    }
  }

  /** Where to look; not there yet if nothing was ever extracted. */
  Path locate() throws IOException {
    return kind == Kind.TEMPORARY ? PrivateFolder.in(path) : path;
  }

  /** Makes it if it is not there. */
  void create() throws IOException {
    switch (kind) {
      case NAMED -> Files.createDirectories(path);
      case HOME -> PrivateFolder.create(path);
      case TEMPORARY -> PrivateFolder.in(path);
    }
  }
}
