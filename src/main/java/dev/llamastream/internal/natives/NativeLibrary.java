package dev.llamastream.internal.natives;

import dev.llamastream.NativeLibraryException;
import dev.llamastream.internal.bindings.LibLlama;
import dev.llamastream.internal.bindings.Symbols;
import java.lang.System.Logger.Level;
import java.lang.foreign.Arena;
import java.lang.foreign.Linker;
import java.lang.foreign.SymbolLookup;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The native libraries, loaded once for the life of the JVM. All class loaders that have this class
 * use the same libraries, which keep none of the loaders alive.
 */
public final class NativeLibrary {

  /** The llama.cpp that the bindings were made from. */
  static final String LLAMA_VERSION = "0.5.0";

  /** In the order of their dependencies; a build with dynamic backends lacks some. */
  private static final List<String> LIBRARIES =
      List.of("ggml-base", "ggml-cpu", "ggml-rpc", "ggml", "llama", "llamastream");

  /** The start of what ls_init says. */
  private static final String NO_CPU = "no CPU backend";

  /** A system property, for class loaders that come later. */
  private static final String LOADED_FROM = "llamastream.loaded.from";

  private static @Nullable NativeLibrary loaded;

  private final Path directory;
  private final String version;

  private NativeLibrary(Path directory, String version) {
    this.directory = directory;
    this.version = version;
  }

  /**
   * Loads the libraries on the first call.
   *
   * @throws NativeLibraryException with every place tried and what to do
   */
  public static synchronized NativeLibrary load() {
    if (loaded == null) {
      // a lock that all class loaders share
      synchronized (Runtime.getRuntime()) {
        String before = System.getProperty(LOADED_FROM);
        loaded = loadFrom(before == null ? LibraryLocations.find() : Path.of(before));
        System.setProperty(LOADED_FROM, loaded.directory.toString());
      }
    }
    return loaded;
  }

  private static NativeLibrary loadFrom(Path directory) {
    ElfSegments.check(directory);
    String platform = Platform.current();
    LibraryLoader loader = new LibraryLoader(platform);
    SymbolLookup libraries = Linker.nativeLinker().defaultLookup();
    for (String name : LIBRARIES) {
      Path file = directory.resolve(System.mapLibraryName(name));
      if (Files.exists(file)) {
        libraries = loader.load(file).or(libraries);
      }
    }
    Symbols.use(libraries);
    String version = checkVersion(directory);
    NativeLog.install();
    try (Arena arena = Arena.ofConfined()) {
      NativeError error = new NativeError(arena);
      if (LibLlama.ls_init(NativePath.allocate(arena, directory), error.segment()) != 0) {
        throw error.failure(message -> cannotStart(message, directory, platform));
      }
      NativeLog.drain();
    }
    Emulation.note(platform)
        .ifPresent(note -> System.getLogger("dev.llamastream").log(Level.INFO, note));
    return new NativeLibrary(directory, version);
  }

  private static NativeLibraryException cannotStart(
      String message, Path directory, String platform) {
    return new NativeLibraryException(
        message.startsWith(NO_CPU)
            ? String.format(
                Locale.ROOT, "%s%n%s", message, CpuBackends.whyNone(directory, platform))
            : message);
  }

  private static String checkVersion(Path directory) {
    int abi;
    String version;
    try {
      abi = LibLlama.ls_abi_version();
      version = LibLlama.llama_version().getString(0);
    } catch (LinkageError e) {
      throw new NativeLibraryException(
          String.format(
              Locale.ROOT,
              "the libraries in %s are not llamastream's, or of a much older version%n%s",
              directory,
              SAME_VERSION),
          e);
    }
    if (abi != LibLlama.LS_ABI_VERSION() || !version.equals(LLAMA_VERSION)) {
      throw new NativeLibraryException(
          String.format(
              Locale.ROOT,
              "the native libraries are of another version: llama.cpp %s with interface %d, must be"
                  + " %s with %d (in %s)%n%s",
              version,
              abi,
              LLAMA_VERSION,
              LibLlama.LS_ABI_VERSION(),
              directory,
              SAME_VERSION));
    }
    return version;
  }

  private static final String SAME_VERSION =
      "Use the natives jar of llamastream "
          + LibraryVersion.CURRENT
          + ", or build the libraries from the source of that version.";

  static final String ADVICE =
      """
      Native code needs a JVM started with --enable-native-access=ALL-UNNAMED (class path) or \
      --enable-native-access=dev.llamastream (module path); \
      -Dllamastream.library.path=<directory> names a directory that holds the libraries, \
      -Dllamastream.cache.dir=<directory> one into which those of a natives jar are extracted.\
      """;

  /** Where they were loaded from. */
  public Path directory() {
    return directory;
  }

  /** llama.cpp's version. */
  public String version() {
    return version;
  }
}
