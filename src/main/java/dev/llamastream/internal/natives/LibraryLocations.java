package dev.llamastream.internal.natives;

import dev.llamastream.NativeLibraryException;
import dev.llamastream.spi.NativeBundle;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemNotFoundException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.ServiceConfigurationError;

/**
 * Finds the native libraries: in {@code -Dllamastream.library.path}, then in a natives jar, then in
 * the build's own {@code target/native}.
 */
final class LibraryLocations {

  static final String PATH_PROPERTY = "llamastream.library.path";

  private final String platform;
  private final NativesJars jars = new NativesJars(NativeBundle.class.getClassLoader());
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
      // named by the user, so there is no fallback
      return holdsLibraries(named(property), "-D" + PATH_PROPERTY).orElseThrow(() -> notFound(""));
    }
    return fromBundles()
        .or(this::fromBuild)
        .orElseThrow(() -> notFound(MissingNatives.advice(platform) + System.lineSeparator()));
  }

  private static Path named(String directory) {
    return CacheFolder.path(directory)
        .orElseThrow(
            () ->
                new NativeLibraryException(
                    String.format(
                        Locale.ROOT,
                        "%s: '%s', must be a directory's path",
                        PATH_PROPERTY,
                        directory)))
        .toAbsolutePath();
  }

  private Optional<Path> fromBundles() {
    try {
      List<NativeBundle> bundles = new ArrayList<>(jars.provided());
      bundles.addAll(jars.resources(platform));
      Optional<NativeBundle> chosen =
          new BundleChoice(LibraryVersion.CURRENT)
              .among(bundles.stream().filter(this::isForThisPlatform).toList());
      if (chosen.isEmpty()) {
        tried.add("natives jar: no resource " + ResourceNatives.list(platform, ""));
        for (String other : Platform.PUBLISHED) {
          bundles.addAll(jars.resources(other));
        }
        bundles.forEach(bundle -> tried.add("for " + bundle.platform() + " alone: " + bundle));
      }
      return chosen.map(LibraryLocations::extract);
    } catch (ServiceConfigurationError e) {
      throw new NativeLibraryException("a natives jar is broken: " + e, e);
    } catch (IOException e) {
      throw new NativeLibraryException("a natives jar is broken: " + reason(e), e);
    }
  }

  private boolean isForThisPlatform(NativeBundle bundle) {
    return bundle.platform().equals(platform);
  }

  /** Extracts into the first usable folder. */
  private static Path extract(NativeBundle bundle) {
    List<Exception> failures = new ArrayList<>();
    StringBuilder message =
        new StringBuilder("the native libraries of a natives jar could not be extracted:");
    for (CacheFolder folder : CacheFolder.all(System.getenv(), System::getProperty)) {
      try {
        return new BundleCache(folder).extract(bundle);
      } catch (IOException | UncheckedIOException e) {
        failures.add(e);
        message.append(String.format(Locale.ROOT, "%n  %s: %s", folder.path(), reason(e)));
      }
    }
    message.append(
        String.format(Locale.ROOT, "%n-D%s=<folder> names another folder.", CacheFolder.PROPERTY));
    NativeLibraryException failure = new NativeLibraryException(message.toString());
    failures.forEach(failure::addSuppressed);
    throw failure;
  }

  private static String reason(Exception e) {
    return switch (e) {
      case UncheckedIOException unchecked -> reason(Objects.requireNonNull(unchecked.getCause()));
      case AccessDeniedException denied -> "no permission for " + denied.getFile();
      case FileAlreadyExistsException exists -> exists.getFile() + " is no folder";
      case NoSuchFileException missing -> "there is no " + missing.getFile();
      default -> String.valueOf(e.getMessage());
    };
  }

  /** Next to target/classes, and next to a jar in target. */
  private Optional<Path> fromBuild() {
    try {
      CodeSource source = LibraryLocations.class.getProtectionDomain().getCodeSource();
      if (source == null || source.getLocation() == null) {
        tried.add("target/native: the library's own location is unknown");
        return Optional.empty();
      }
      Path natives = Path.of(source.getLocation().toURI()).resolveSibling("native");
      return holdsLibraries(natives.resolve(platform), "the build's output");
    } catch (URISyntaxException | IllegalArgumentException | FileSystemNotFoundException e) {
      // a jar inside a jar, for instance
      tried.add("target/native: the library's own location is no folder or file");
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

  private NativeLibraryException notFound(String advice) {
    return new NativeLibraryException(
        String.format(
            Locale.ROOT,
            "no native libraries for %s.%n%sTried:%n  %s%n%s",
            platform,
            advice,
            String.join(System.lineSeparator() + "  ", tried),
            NativeLibrary.ADVICE));
  }
}
