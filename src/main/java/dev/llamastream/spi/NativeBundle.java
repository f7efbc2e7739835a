package dev.llamastream.spi;

import dev.llamastream.internal.natives.ResourceNatives;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;

/**
 * A set of native libraries in a jar. {@link java.util.ServiceLoader} finds the providers. The
 * library's own natives jars are resources under {@code META-INF/llamastream/native/<platform>/},
 * or {@code META-INF/llamastream/native/<platform>/<variant>/} for a GPU, and need no provider on
 * the class path.
 *
 * <p>A bundle is complete: that for a GPU also has the libraries that compute on the CPU. Where the
 * GPU's driver is missing, they are what is left. So exactly one bundle is used. If there are
 * several for the platform, it is the one for a GPU. Two bundles for the same platform and variant
 * must not differ, unless only one of them has the library's version.
 *
 * <p>Messages name a bundle by its {@code toString()}.
 *
 * @since 0.1.0
 */
public interface NativeBundle {

  /**
   * The platform of the libraries: system, processor and, if it is musl, the C library. For
   * instance {@code linux-x86_64}, {@code linux-x86_64-musl}, {@code macos-aarch64}.
   */
  String platform();

  /**
   * What the libraries compute with beside the CPU, for instance {@code cuda} or {@code vulkan}.
   * Empty for the CPU alone.
   */
  default String variant() {
    return "";
  }

  /**
   * The version of llamastream for which the libraries were built. Another version of llamastream
   * refuses them. Empty if it is unknown: then the libraries themselves are asked when they are
   * loaded.
   */
  default String version() {
    return "";
  }

  /**
   * The content's hash in at least 16 hexadecimal digits. It names the directory into which the
   * files are extracted once.
   */
  String contentHash();

  /** The plain names of all files. */
  List<String> files();

  /** Opens one of the files; the caller closes it. */
  InputStream open(String file) throws IOException;

  /**
   * The bundle for the CPU that a module contains under {@code
   * META-INF/llamastream/native/<platform>/}.
   *
   * @throws IOException if the module has nothing for that platform, or its list of files cannot be
   *     read
   */
  static NativeBundle of(Module module, String platform) throws IOException {
    return of(module, platform, "");
  }

  /**
   * The bundle that a module contains under {@code
   * META-INF/llamastream/native/<platform>/<variant>/}.
   *
   * @param variant {@code cuda} or {@code vulkan}; empty for the CPU's, which lies in the folder
   *     above
   * @throws IOException if the module has nothing for that platform and variant, or its list of
   *     files cannot be read
   */
  static NativeBundle of(Module module, String platform, String variant) throws IOException {
    return ResourceNatives.find(platform, variant, module.toString(), module::getResourceAsStream)
        .orElseThrow(
            () ->
                new FileNotFoundException(
                    module + " has no " + ResourceNatives.list(platform, variant)));
  }
}
