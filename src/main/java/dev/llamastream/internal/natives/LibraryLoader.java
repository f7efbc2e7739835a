package dev.llamastream.internal.natives;

import dev.llamastream.NativeLibraryException;
import java.lang.foreign.Arena;
import java.lang.foreign.SymbolLookup;
import java.nio.file.Path;
import java.util.Locale;

/**
 * Loads a library. It is never unloaded, and not bound to the class loader: a library can belong to
 * only one loader.
 */
final class LibraryLoader {

  private final String platform;

  LibraryLoader(String platform) {
    this.platform = platform;
  }

  /**
   * Loads a library and returns its functions.
   *
   * @throws NativeLibraryException with the linker's reason and what to do
   */
  SymbolLookup load(Path file) {
    try {
      return platform.startsWith("windows-")
          ? new WindowsLoader().load(file)
          : SymbolLookup.libraryLookup(file, Arena.global());
    } catch (IllegalArgumentException e) {
      throw cannotLoad(file, reason(file, e));
    } catch (IllegalCallerException | UnsatisfiedLinkError e) {
      throw cannotLoad(file, e);
    }
  }

  /** Why a library could not be loaded: only this way of loading reports a reason. */
  private static Throwable reason(Path file, IllegalArgumentException failure) {
    try {
      System.load(file.toString());
      return failure;
    } catch (UnsatisfiedLinkError e) {
      return e;
    }
  }

  private NativeLibraryException cannotLoad(Path file, Throwable e) {
    String message = String.valueOf(e.getMessage());
    String advice =
        LinkerAdvice.of(message, platform)
            .map(text -> text + System.lineSeparator() + NativeLibrary.ADVICE)
            .orElse(NativeLibrary.ADVICE);
    return new NativeLibraryException(
        String.format(Locale.ROOT, "%s could not be loaded: %s%n%s", file, message, advice), e);
  }
}
