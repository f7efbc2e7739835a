package dev.llamastream.internal.natives;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.nio.charset.StandardCharsets.UTF_16LE;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;

/**
 * Loads DLLs on Windows. The JVM's own loader takes only paths in the system's ANSI code page, and
 * so none in the home of a user named {@code Łukasz} where that is Windows-1252. It also does not
 * look into the DLL's own folder for those that the DLL needs.
 */
final class WindowsLoader {

  private static final int WITH_ALTERED_SEARCH_PATH = 0x8;

  private final StructLayout state = Linker.Option.captureStateLayout();
  private final VarHandle lastError;
  private final MethodHandle loadLibrary;
  private final MethodHandle getProcAddress;

  /**
   * Finds Windows' own loader.
   *
   * @throws IllegalCallerException if the JVM denies native access
   */
  WindowsLoader() {
    this(SymbolLookup.libraryLookup("kernel32", Arena.global()), "GetLastError");
  }

  /**
   * @param error where the linker's reason for a failure is
   */
  WindowsLoader(SymbolLookup kernel, String error) {
    lastError = state.varHandle(PathElement.groupElement(error));
    Linker linker = Linker.nativeLinker();
    loadLibrary =
        linker.downcallHandle(
            kernel.findOrThrow("LoadLibraryExW"),
            FunctionDescriptor.of(ADDRESS, ADDRESS, ADDRESS, JAVA_INT),
            Linker.Option.captureCallState(error));
    getProcAddress =
        linker.downcallHandle(
            kernel.findOrThrow("GetProcAddress"), FunctionDescriptor.of(ADDRESS, ADDRESS, ADDRESS));
  }

  /**
   * Loads a DLL for the life of the process.
   *
   * @throws UnsatisfiedLinkError with Windows' number for the reason
   */
  SymbolLookup load(Path file) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment errors = arena.allocate(state);
      String full = NativePath.windows(file.toAbsolutePath().normalize().toString());
      MemorySegment path = arena.allocateFrom(full, UTF_16LE);
      MemorySegment library =
          (MemorySegment)
              loadLibrary.invokeExact(errors, path, MemorySegment.NULL, WITH_ALTERED_SEARCH_PATH);
      if (library.equals(MemorySegment.NULL)) {
        throw new UnsatisfiedLinkError(
            String.format(Locale.ROOT, "Windows error %d", (int) lastError.get(errors, 0L)));
      }
      return function -> find(library, function);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new AssertionError("a downcall throws nothing", e);
    }
  }

  private Optional<MemorySegment> find(MemorySegment library, String name) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment address =
          (MemorySegment) getProcAddress.invokeExact(library, arena.allocateFrom(name));
      return address.equals(MemorySegment.NULL) ? Optional.empty() : Optional.of(address);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new AssertionError("a downcall throws nothing", e);
    }
  }
}
