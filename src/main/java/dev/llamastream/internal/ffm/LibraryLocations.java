package dev.llamastream.internal.ffm;

import dev.llamastream.NativeLibraryException;
import dev.llamastream.spi.NativeBundle;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;

/**
 * Where the native libraries are: {@code -Dllamastream.library.path}, then a natives jar, then the
 * build's own {@code target/native}.
 */
final class LibraryLocations {

  static final String PATH_PROPERTY = "llamastream.library.path";

  private final String platform;
  private final List<String> tried = new ArrayList<>();

  LibraryLocations(String platform) {
    this.platform = platform;
  }

  static Path find() {
    return new LibraryLocations(Platform.current()).search();
  }

  Path search() {
    String property = System.getProperty(PATH_PROPERTY);
    if (property != null) {
      // named by the user: nothing else will do
      return holdsLibraries(Path.of(property), "-D" + PATH_PROPERTY)
          .orElseThrow(this::notFound)
          .toAbsolutePath();
    }
    return fromBundles().or(this::fromBuild).orElseThrow(this::notFound);
  }

  private Optional<Path> fromBundles() {
    for (NativeBundle bundle : bundles()) {
      if (bundle.platform().equals(platform)) {
        try {
          return Optional.of(new BundleCache().extract(bundle));
        } catch (IOException | UncheckedIOException e) {
          throw cannotExtract(bundle.getClass().getName(), e);
        }
      }
      tried.add("natives jar for " + bundle.platform());
    }
    tried.add("natives jar: no resource " + ResourceNatives.list(platform));
    return Optional.empty();
  }

  private List<NativeBundle> bundles() {
    List<NativeBundle> bundles = new ArrayList<>();
    try {
      ServiceLoader.load(NativeBundle.class, NativeBundle.class.getClassLoader())
          .forEach(bundles::add);
    } catch (ServiceConfigurationError e) {
      throw new NativeLibraryException("a natives jar is broken: " + e, e);
    }
    try {
      ResourceNatives.find(platform).ifPresent(bundles::add);
    } catch (IOException e) {
      throw cannotExtract("the natives jar", e);
    }
    return bundles;
  }

  private static NativeLibraryException cannotExtract(String what, Exception cause) {
    return new NativeLibraryException(
        String.format(
            Locale.ROOT, "the native libraries of %s could not be extracted: %s", what, cause),
        cause);
  }

  /** Beside target/classes, and beside a jar in target. */
  private Optional<Path> fromBuild() {
    try {
      CodeSource source = LibraryLocations.class.getProtectionDomain().getCodeSource();
      if (source == null || source.getLocation() == null) {
        tried.add("target/native: the library's own location is unknown");
        return Optional.empty();
      }
      Path natives = Path.of(source.getLocation().toURI()).resolveSibling("native");
      return holdsLibraries(natives.resolve(platform), "the build's output");
    } catch (URISyntaxException | IllegalArgumentException e) {
      tried.add("target/native: " + e.getMessage());
      return Optional.empty();
    }
  }

  private Optional<Path> holdsLibraries(Path directory, String what) {
    Path file = directory.resolve(System.mapLibraryName("llamastream"));
    if (Files.isRegularFile(file)) {
      return Optional.of(directory);
    }
    tried.add(what + ": no " + file.toAbsolutePath());
    return Optional.empty();
  }

  private NativeLibraryException notFound() {
    return new NativeLibraryException(
        String.format(
            Locale.ROOT,
            "no native libraries for %s. Tried:%n  %s%n%s",
            platform,
            String.join(System.lineSeparator() + "  ", tried),
            NativeLibrary.ADVICE));
  }
}
