package dev.llamastream;

import dev.llamastream.internal.ffm.Devices;
import dev.llamastream.internal.natives.NativeLibrary;
import java.nio.file.Path;
import java.util.List;

/**
 * The loaded native libraries.
 *
 * @param llamaVersion llama.cpp's version
 * @param directory the directory that the libraries were loaded from
 * @param devices names of the devices that can compute, for instance {@code CUDA0} and {@code CPU}
 * @since 0.1.0
 */
public record NativeInfo(String llamaVersion, Path directory, List<String> devices) {

  /**
   * Loads the native libraries if they are not loaded yet, and describes them.
   *
   * @throws NativeLibraryException if they cannot be loaded
   */
  public static NativeInfo load() {
    NativeLibrary library = NativeLibrary.load();
    return new NativeInfo(library.version(), library.directory(), Devices.names());
  }
}
